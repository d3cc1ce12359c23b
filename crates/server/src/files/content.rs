//! Does a file contain what its name and its sender say?
//!
//! Binary formats are recognised by their first bytes; text must be UTF-8; SVG is text that must not act. Only
//! endings in the table below can be checked, and so accepted.

use tieline_cim::Why;

/// One ending and what it stands for.
struct FileType {
    extension: &'static str,
    mime: &'static str,
    content: Content,
    /// Other types senders declare for it.
    also_declared: &'static [&'static str],
}

/// What the content must be.
enum Content {
    /// Recognised as one of these types.
    Binary(&'static [&'static str]),
    Text,
    Svg,
}

use Content::{Binary, Svg, Text};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const DOC: &str = "application/msword";
const XLS: &str = "application/vnd.ms-excel";
const PPT: &str = "application/vnd.ms-powerpoint";
const ZIP: &str = "application/zip";
/// The old office formats share one container and are hard to tell apart.
const OLE: &[&str] = &[DOC, XLS, PPT, "application/x-ole-storage"];
/// Types that say nothing: senders give them when they do not know.
const UNKNOWN_TYPES: [&str; 3] = ["", "application/octet-stream", "binary/octet-stream"];

static TYPES: [FileType; 21] = [
    of("png", "image/png", Binary(&["image/png"]), &["image/x-png"]),
    of("jpg", "image/jpeg", Binary(&["image/jpeg"]), &["image/jpg", "image/pjpeg"]),
    of("jpeg", "image/jpeg", Binary(&["image/jpeg"]), &["image/jpg", "image/pjpeg"]),
    of("gif", "image/gif", Binary(&["image/gif"]), &[]),
    of("webp", "image/webp", Binary(&["image/webp"]), &[]),
    of("svg", "image/svg+xml", Svg, &["image/svg", "text/xml", "application/xml"]),
    of("pdf", "application/pdf", Binary(&["application/pdf"]), &["application/x-pdf"]),
    of("doc", DOC, Binary(OLE), &[]),
    of("xls", XLS, Binary(OLE), &["application/msexcel"]),
    of("ppt", PPT, Binary(OLE), &["application/mspowerpoint"]),
    of("docx", DOCX, Binary(&[DOCX, ZIP]), &[ZIP]),
    of("xlsx", XLSX, Binary(&[XLSX, ZIP]), &[ZIP]),
    of("pptx", PPTX, Binary(&[PPTX, ZIP]), &[ZIP]),
    of("rtf", "application/rtf", Binary(&["application/rtf"]), &["text/rtf", "application/msword"]),
    of("txt", "text/plain", Text, &["text/markdown", "text/csv", "application/text"]),
    of("csv", "text/csv", Text, &["text/plain", "application/csv", "text/comma-separated-values", XLS]),
    of("css", "text/css", Text, &["text/plain"]),
    of("mp3", "audio/mpeg", Binary(&["audio/mpeg"]), &["audio/mp3", "audio/mpeg3", "audio/x-mpeg"]),
    of("mpga", "audio/mpeg", Binary(&["audio/mpeg"]), &["audio/mp3", "audio/mpeg3", "audio/x-mpeg"]),
    of(
        "oga",
        "audio/ogg",
        Binary(&["audio/ogg", "audio/opus"]),
        &["audio/opus", "application/ogg", "audio/vorbis"],
    ),
    of(
        "mp4",
        "video/mp4",
        Binary(&["video/mp4", "video/x-m4v", "audio/m4a"]),
        &["audio/mp4", "application/mp4", "video/x-m4v"],
    ),
];

const fn of(
    extension: &'static str,
    mime: &'static str,
    content: Content,
    also_declared: &'static [&'static str],
) -> FileType {
    FileType { extension, mime, content, also_declared }
}

/// Can files with this ending be checked?
pub fn is_known_extension(extension: &str) -> bool {
    find(extension).is_some()
}

/// What follows the last dot, in lower case; empty if there is no dot.
pub(super) fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

pub(super) fn mime(extension: &str) -> &'static str {
    find(extension).map_or("application/octet-stream", |known| known.mime)
}

/// The type of a file whose ending, declared type and content agree. The ending must be a known one.
pub(super) fn check(extension: &str, declared: Option<&str>, content: &[u8]) -> Result<&'static str, Why> {
    let known = find(extension).ok_or_else(|| Why::FileContent { ending: extension.to_owned() })?;
    check_declared(known, declared.unwrap_or_default())?;
    match known.content {
        Binary(accepted) => {
            let ending = extension.to_owned();
            match recognise(content) {
                Some(found) if accepted.contains(&found) => {}
                Some(found) => return Err(Why::FileContentOther { ending, found }),
                None => return Err(Why::FileContent { ending }),
            }
        }
        Text => {
            text(known, content)?;
        }
        Svg => check_svg(text(known, content)?)?,
    }
    Ok(known.mime)
}

fn find(extension: &str) -> Option<&'static FileType> {
    TYPES.iter().find(|known| known.extension == extension)
}

fn check_declared(known: &FileType, declared: &str) -> Result<(), Why> {
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let declared = declared.as_str();
    if declared == known.mime || known.also_declared.contains(&declared) || UNKNOWN_TYPES.contains(&declared)
    {
        return Ok(());
    }
    Err(Why::FileDeclared { declared: declared.to_owned(), ending: known.extension.to_owned() })
}

/// The type the first bytes stand for. `infer` knows most; it misses MP3 frames with a checksum and some
/// brands of MP4.
fn recognise(content: &[u8]) -> Option<&'static str> {
    if let Some(found) = infer::get(content) {
        return Some(found.mime_type());
    }
    match content {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        // Eleven bits of synchronisation, then layer III.
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Some("audio/mpeg"),
        _ => None,
    }
}

fn text<'a>(known: &FileType, content: &'a [u8]) -> Result<&'a str, Why> {
    match std::str::from_utf8(content) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(Why::FileNotText { ending: known.extension.to_owned() }),
    }
}

/// Words that make an image act, load or hide something. Searched in lower case, whatever the namespace prefix.
const ACTIVE_SVG: [(&str, &str); 13] = [
    ("<script", "a script"),
    (":script", "a script"),
    ("javascript:", "a script"),
    ("vbscript:", "a script"),
    ("data:text/html", "a script"),
    ("foreignobject", "embedded HTML"),
    ("<iframe", "embedded HTML"),
    ("<embed", "embedded HTML"),
    ("<object", "embedded HTML"),
    ("<!entity", "an entity definition"),
    ("<!doctype svg [", "an entity definition"),
    ("<?xml-stylesheet", "an external style sheet"),
    // Numeric references could spell any of the words above.
    ("&#", "a character reference"),
];

fn check_svg(image: &str) -> Result<(), Why> {
    let image = image.to_ascii_lowercase();
    if !image.contains("<svg") && !image.contains(":svg") {
        return Err(Why::FileContent { ending: "svg".to_owned() });
    }
    let active = ACTIVE_SVG.iter().find(|(word, _)| image.contains(word)).map(|(_, what)| *what);
    let active = active
        .or_else(|| has_event_attribute(&image).then_some("a script"))
        .or_else(|| declares_other_encoding(&image).then_some("an encoding other than UTF-8"));
    active.map_or(Ok(()), |what| Err(Why::FileActs { what }))
}

/// Is there something like `onload =`, where an attribute could stand?
fn has_event_attribute(image: &str) -> bool {
    let could_start = |at: usize| {
        let before = image[..at].chars().next_back();
        before.is_some_and(|letter| letter.is_whitespace() || matches!(letter, '"' | '\'' | '/' | ':'))
    };
    // Places are narrowed down before looking ahead: an upload must not make this slow.
    image.match_indices("on").filter(|(at, _)| could_start(*at)).any(|(at, on)| {
        let name = &image[at + on.len()..];
        let after = name.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric());
        after.len() < name.len() && after.trim_start().starts_with('=')
    })
}

fn declares_other_encoding(image: &str) -> bool {
    let declaration = image.split("?>").next().filter(|start| start.contains("<?xml")).unwrap_or_default();
    let Some((_, encoding)) = declaration.split_once("encoding") else { return false };
    let encoding = encoding
        .trim_start_matches(|letter: char| letter.is_whitespace() || matches!(letter, '=' | '"' | '\''));
    !encoding.starts_with("utf-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const PDF: &[u8] = b"%PDF-1.7\n";
    const OLE_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0";
    const ZIP_FILE: &[u8] = b"PK\x03\x04\x14\0\0\0";

    #[test]
    fn ending_declaration_and_content_must_agree() {
        for (extension, declared, content, accepted) in [
            ("png", Some("image/png"), PNG, true),
            ("png", None, PNG, true),
            ("png", Some("application/octet-stream"), PNG, true),
            ("png", Some("IMAGE/PNG; x=y"), PNG, true),
            ("png", Some("image/jpeg"), PNG, false),
            ("png", Some("text/html"), PNG, false),
            ("jpg", Some("image/jpeg"), PNG, false),
            ("jpg", Some("image/jpg"), b"\xff\xd8\xff\xe0\0\x10JFIF", true),
            ("gif", None, b"GIF89a..........", true),
            ("webp", None, b"RIFF\x10\0\0\0WEBPVP8 ", true),
            ("pdf", None, PDF, true),
            ("pdf", None, b"<html>", false),
            ("pdf", None, b"MZ\x90\0", false),
            ("doc", None, OLE_FILE, true),
            ("xls", None, OLE_FILE, true),
            ("doc", None, PDF, false),
            ("docx", None, ZIP_FILE, true),
            ("docx", None, OLE_FILE, false),
            ("rtf", Some("text/rtf"), br"{\rtf1\ansi}", true),
            ("mp3", Some("audio/mp3"), b"ID3\x03\0\0\0\0\0\0", true),
            ("mp3", None, b"\xff\xfb\x90\0", true),
            ("mpga", None, b"\xff\xf3\x90\0", true),
            ("oga", Some("audio/ogg; codecs=opus"), b"OggS\0\x02\0\0\0\0\0\0\0\0", true),
            ("mp4", None, b"\0\0\0\x18ftypisom\0\0\0\0", true),
            ("mp4", None, b"\0\0\0\x18ftypiso6\0\0\0\0", true),
            ("txt", Some("text/plain"), "سلام".as_bytes(), true),
            ("txt", None, b"\xff\xfe\0h\0i", false),
            ("txt", None, b"a\0b", false),
            ("csv", Some("application/vnd.ms-excel"), b"a,b\n", true),
            ("css", Some("text/css"), b"a{}", true),
            ("exe", None, b"MZ", false),
            ("", None, b"x", false),
        ] {
            let verdict = check(extension, declared, content);
            assert_eq!(verdict.is_ok(), accepted, "{extension} {declared:?}: {verdict:?}");
        }
    }

    #[test]
    fn svg_images_must_not_act() {
        for (image, refused) in [
            ("<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", None),
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><svg><text>season = on</text></svg>", None),
            ("<svg><style>.a{fill:red}</style></svg>", None),
            ("<svg><script>alert(1)</script></svg>", Some("a script")),
            ("<svg><SCRIPT href='x'/></svg>", Some("a script")),
            ("<s:svg><s:script/></s:svg>", Some("a script")),
            ("<svg onload=alert(1)>", Some("a script")),
            ("<svg\nonLoad = 'x'>", Some("a script")),
            ("<svg/onload='x'>", Some("a script")),
            ("<svg><a b='c'onclick='x'/></svg>", Some("a script")),
            ("<svg><a href='JavaScript:x'/></svg>", Some("a script")),
            ("<svg><a href='java&#115;cript:x'/></svg>", Some("a character reference")),
            ("<svg><foreignObject/></svg>", Some("embedded HTML")),
            (
                "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
                Some("an entity definition"),
            ),
            ("<?xml-stylesheet href='http://x'?><svg/>", Some("an external style sheet")),
            ("<?xml version='1.0' encoding='iso-2022-jp'?><svg/>", Some("an encoding other than UTF-8")),
        ] {
            let expected = refused.map_or(Ok("image/svg+xml"), |what| Err(Why::FileActs { what }));
            assert_eq!(check("svg", None, image.as_bytes()), expected, "{image}");
        }
        assert!(check("svg", None, b"<html></html>").is_err());
        assert!(check("svg", None, b"\xff\xfe<\0s\0").is_err());
    }

    #[test]
    fn every_type_is_its_own_declaration() {
        for known in &TYPES {
            assert_eq!(check_declared(known, known.mime), Ok(()));
        }
    }
}
