//! What supervisors say to teams reaches the desks that are open, and those only.

use super::given::given;
use super::script::story_at_desk;

#[test]
fn an_announcement_is_shown_when_its_time_comes_even_after_a_restart() {
    story_at_desk(
        given().agents("amina, omar, zara").team("amina, zara").on_duty("amina, omar"),
        "amina",
        "
        admin announces lunch in 60s for 300s as zara
        restart
        amina connects
            amina: channel types, presence READY, chat READY, 0 domains changed
        wait 29s
        wait 31s
            amina: announced \"lunch\"
        admin takes it back
            amina: announcement gone
        ",
    );
}

#[test]
fn a_changed_announcement_takes_the_place_of_the_former() {
    story_at_desk(
        given().agents("amina, zara").team("amina, zara").on_duty("amina"),
        "amina",
        "
        admin announces lunch in 0s for 300s as zara
            amina: announced \"lunch\"
        admin announces dinner in 0s for 300s as zara
            amina: announcement gone, announced \"dinner\"
        admin announces supper in 60s for 300s as zara
            amina: announcement gone
        wait 60s
            amina: announced \"supper\"
        wait 300s
        admin takes it back
        ",
    );
}

#[test]
fn the_author_and_other_teams_are_not_told() {
    for whom in ["omar", "zara"] {
        story_at_desk(
            given().agents("amina, omar, zara").team("amina, zara").on_duty("omar, zara"),
            whom,
            "
            admin announces lunch in 0s for 300s as zara
            ",
        );
    }
}
