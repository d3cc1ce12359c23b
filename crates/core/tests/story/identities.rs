//! Who is behind an address.

use super::given::given;
use super::script::story;

#[test]
fn an_address_on_two_channels_of_one_service_is_ambiguous_until_something_decides() {
    story(
        given().identified("WHATSAPP").channel("phone", "WHATSAPP").change_channel("phone", |phone| {
            phone.service_identifier = "site".into();
        }),
        "
        carl writes
            ! service identifier 'site' belongs to channels 'site' and 'phone'; send with the credentials of one connector, or name the channel type in channelData.channelTypeCode
        carl writes as WHATSAPP
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl writes as WEB
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl writes as SMS
            ! there is no channel with service identifier 'site'
        ",
    );
}

#[test]
fn a_known_customer_is_recognised_and_a_shared_address_is_not_decided() {
    story(
        given(),
        "
        admin knows carl as Carl
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl is?
            Carl, 0 suggestions
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        admin knows carl as Carla
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl#2 is?
            anonymous John Doe, 2 suggestions
        carl ends
            carl#2: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        carl writes
            carl#3: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl#3 is?
            anonymous John Doe, 0 suggestions
        ",
    );
}

#[test]
fn a_customer_known_since_a_moment_is_recognised() {
    story(
        given(),
        "
        together admin knows dora as Dora; dora writes
            dora: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        dora is?
            Dora, 0 suggestions
        ",
    );
}

#[test]
fn an_erased_customer_is_a_stranger() {
    story(
        given(),
        "
        admin knows carl as Carl
        carl writes
            carl: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        admin erases Carl
            ! conversation 66f27f900303030303000002 with this customer is open; end it first
        carl ends
            carl: session ends (CUSTOMER), task CANCELLED, bot gone, closed
        together admin erases Carl; carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:00
        carl#2 is?
            anonymous John Doe, 0 suggestions
        admin erases Carl
            ! there is no customer 66f27f900303030303000001
        ",
    );
}

#[test]
fn an_agent_writes_first_to_a_customer_he_has_in_mind() {
    story(
        given().agents("amina").on_duty("amina"),
        "
        admin knows carl as Carl
        wait 1s
        amina sends Carl at carl
            carl: opens, arrives, is answered, session ends (AGENT), bot gone, closed
        carl writes
            carl#2: opens, arrives, greeted, writes, handed over, queued at 1 since 09:00:01, offered to amina
        amina sends Carl at carl
            carl#2: is answered
        together carl ends; amina sends Carl at mobile
            carl#2: session ends (CUSTOMER), task CANCELLED, bot gone, closed
            mobile: opens, arrives, is answered, session ends (AGENT), bot gone, closed
        ",
    );
}
