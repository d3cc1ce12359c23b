//! Scripts: what is understood, and what is said about the rest.

use std::time::Duration;

use tieline_connectors::Script;
use tieline_connectors::script::{STEPS_MAX, Step};

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn every_step_is_understood() {
    let script = "# A customer with a broken router.\n\
        start\n\
        \n\
        typing\n\
        > Hello, this is {name}\n\
        <  How can I HELP  \n\
        >no space\n\
        <\n\
        reply That one, please\n\
        image https://example.org/a.jpg Red light\n\
        image http://example.org/b.png\n\
        location -52.5 13.3777\n\
        read\n\
        wait 2s\n\
        wait 500 ms\n\
        end\n";
    let expected = vec![
        Step::Start,
        Step::Typing,
        Step::Say { text: text("Hello, this is {name}") },
        Step::Await { containing: text("how can i help") },
        Step::Say { text: text("no space") },
        Step::Await { containing: text("") },
        Step::Reply { text: text("That one, please") },
        Step::Image { url: text("https://example.org/a.jpg"), caption: Some(text("Red light")) },
        Step::Image { url: text("http://example.org/b.png"), caption: None },
        Step::Location { latitude: -52.5, longitude: 13.3777 },
        Step::Read,
        Step::Wait { pause: Duration::from_secs(2) },
        Step::Wait { pause: Duration::from_millis(500) },
        Step::End,
    ];
    assert_eq!(Script::parse(script).map(|script| script.steps), Ok(expected));
}

#[test]
fn errors_name_the_line_and_what_is_wrong() {
    for (script, expected) in [
        ("", "line 1: the customer never says anything; write \"> Hello\""),
        ("\n# only this\n< hello", "line 3: the customer never says anything; write \"> Hello\""),
        ("> a\n>", "line 2: the text is missing; write for example \"> Hello\""),
        ("> a\n<\nreply", "line 3: the text is missing; write for example \"reply That one\""),
        ("> a\n\nreply b", "line 3: there is nothing received yet; wait for it with \"<\" first"),
        ("> a\nread", "line 2: there is nothing received yet; wait for it with \"<\" first"),
        (
            "say hello",
            "line 1: \"say\" is no step; a line begins with one of start, >, <, reply, image, location, typing, \
             read, wait, end",
        ),
        ("> a\nstart", "line 2: \"start\" can only be the first step"),
        ("> a\nend\n# fine\n> b", "line 4: nothing can follow \"end\""),
        ("> a\nend now", "line 2: \"end\" stands alone on its line, without \"now\""),
        ("image a.jpg", "line 1: an image needs an address that begins with https:// or http://"),
        (
            "location 52.5",
            "line 1: a location is a latitude and a longitude, such as \"location 52.5163 13.3777\"",
        ),
        ("location 91 0", "line 1: the latitude is a number from -90 to 90"),
        ("location 0 east", "line 1: the longitude is a number from -180 to 180"),
        ("location 0 NaN", "line 1: the longitude is a number from -180 to 180"),
        ("wait 2", "line 1: a wait is a number and a unit, such as 2s, 500ms or 1m"),
        ("wait s", "line 1: a wait is a number and a unit, such as 2s, 500ms or 1m"),
        ("wait 2 hours", "line 1: a wait is a number and a unit, such as 2s, 500ms or 1m"),
        ("wait 61m", "line 1: a wait is at most 60 minutes"),
        ("wait 18446744073709551615m", "line 1: a wait is at most 60 minutes"),
    ] {
        let error = Script::parse(script).expect_err(script);
        assert_eq!(error.to_string(), expected, "{script:?}");
    }
    let long = "> a\n".repeat(STEPS_MAX + 1);
    assert_eq!(Script::parse(&long).map_err(|error| error.line), Err(STEPS_MAX + 1));
}
