//! What a customer says and waits for, as a text file with one step a line:
//!
//! ```text
//! # Blank lines and lines like this are skipped.
//! start                              opens the chat without a message; only as the first step
//! > Hello, this is {name}            says something; {name} is the customer's first name
//! < how can I help                   waits for a reply that contains this, in any letter case
//! <                                  waits for any reply
//! reply That one, please             quotes the last message received
//! image https://example.org/a.jpg Red light     the rest is the caption
//! location 52.5163 13.3777
//! typing                             shows the typing indicator
//! read                               reports everything received as read
//! wait 2s                            or 500ms, 1m
//! end                                closes the chat; a chat left open is closed after the last step
//! ```

use std::time::Duration;

/// Steps of one script.
pub const STEPS_MAX: usize = 10_000;
/// Bytes of one script.
pub const SCRIPT_BYTES_MAX: u64 = 1024 * 1024;
pub const WAIT_MAX: Duration = Duration::from_secs(60 * 60);
/// Stands for the customer's first name.
pub const NAME: &str = "{name}";
const WORDS: &str = "start, >, <, reply, image, location, typing, read, wait, end";

/// A conversation from the customer's side.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Start,
    Say {
        text: String,
    },
    /// To the last message received.
    Reply {
        text: String,
    },
    Image {
        url: String,
        caption: Option<String>,
    },
    /// Degrees.
    Location {
        latitude: f64,
        longitude: f64,
    },
    Typing,
    Read,
    /// In lower case; empty takes any reply.
    Await {
        containing: String,
    },
    Wait {
        pause: Duration,
    },
    End,
}

/// A script that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ScriptError {
    /// From 1.
    pub line: usize,
    pub reason: String,
}

impl Script {
    /// # Errors
    /// The first line that will not do.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut steps = Vec::new();
        for (line, text) in text.lines().enumerate().map(|(index, text)| (index + 1, text.trim())) {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let step = Step::parse(text)
                .and_then(|step| step.fits_after(&steps).map(|()| step))
                .map_err(|reason| ScriptError { line, reason })?;
            steps.push(step);
        }
        if steps.iter().any(|step| step.is_content() || matches!(step, Step::Start)) {
            Ok(Self { steps })
        } else {
            let line = text.lines().count().max(1);
            Err(ScriptError { line, reason: "the customer never says anything; write \"> Hello\"".into() })
        }
    }
}

impl Step {
    fn parse(line: &str) -> Result<Self, String> {
        if let Some(text) = line.strip_prefix('>') {
            return said(text, "> Hello").map(|text| Self::Say { text });
        }
        if let Some(text) = line.strip_prefix('<') {
            return Ok(Self::Await { containing: text.trim().to_lowercase() });
        }
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "reply" => said(rest, "reply That one").map(|text| Self::Reply { text }),
            "image" => image(rest),
            "location" => location(rest),
            "wait" => pause(rest).map(|pause| Self::Wait { pause }),
            "start" | "typing" | "read" | "end" if !rest.is_empty() => {
                Err(format!("{word:?} stands alone on its line, without {rest:?}"))
            }
            "start" => Ok(Self::Start),
            "typing" => Ok(Self::Typing),
            "read" => Ok(Self::Read),
            "end" => Ok(Self::End),
            _ => Err(format!("{word:?} is no step; a line begins with one of {WORDS}")),
        }
    }

    fn fits_after(&self, before: &[Self]) -> Result<(), String> {
        let awaited = || before.iter().any(|step| matches!(step, Self::Await { .. }));
        match self {
            _ if before.len() >= STEPS_MAX => Err(format!("a script has at most {STEPS_MAX} steps")),
            _ if before.last() == Some(&Self::End) => Err("nothing can follow \"end\"".into()),
            Self::Start if !before.is_empty() => Err("\"start\" can only be the first step".into()),
            Self::Reply { .. } | Self::Read if !awaited() => {
                Err("there is nothing received yet; wait for it with \"<\" first".into())
            }
            _ => Ok(()),
        }
    }

    /// Whether an agent sees it as a message of its own.
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Say { .. } | Self::Reply { .. } | Self::Image { .. } | Self::Location { .. })
    }
}

fn said(text: &str, example: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(format!("the text is missing; write for example \"{example}\"")),
        text => Ok(text.to_owned()),
    }
}

fn image(rest: &str) -> Result<Step, String> {
    let (url, caption) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        return Err("an image needs an address that begins with https:// or http://".into());
    }
    let caption = Some(caption.trim()).filter(|caption| !caption.is_empty()).map(ToOwned::to_owned);
    Ok(Step::Image { url: url.to_owned(), caption })
}

fn location(rest: &str) -> Result<Step, String> {
    let degrees = |text: &str, limit: f64| text.parse().ok().filter(|degrees: &f64| degrees.abs() <= limit);
    let mut words = rest.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(latitude), Some(longitude), None) => Ok(Step::Location {
            latitude: degrees(latitude, 90.0).ok_or("the latitude is a number from -90 to 90")?,
            longitude: degrees(longitude, 180.0).ok_or("the longitude is a number from -180 to 180")?,
        }),
        _ => Err("a location is a latitude and a longitude, such as \"location 52.5163 13.3777\"".into()),
    }
}

fn pause(rest: &str) -> Result<Duration, String> {
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, unit) = rest.split_at(digits);
    let unit_ms = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => 0,
    };
    let ms = number.parse::<u64>().ok().filter(|_| unit_ms > 0).map(|number| number.saturating_mul(unit_ms));
    let pause =
        ms.map(Duration::from_millis).ok_or("a wait is a number and a unit, such as 2s, 500ms or 1m")?;
    if pause > WAIT_MAX {
        return Err(format!("a wait is at most {} minutes", WAIT_MAX.as_secs() / 60));
    }
    Ok(pause)
}
