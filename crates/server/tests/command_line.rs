//! What the real binary says when it cannot do what it is asked.

use std::process::Command;

#[test]
fn what_is_wrong_is_said_once_and_names_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("unknown.toml"), "[listen]\nadress = \"127.0.0.1:0\"\n").unwrap();
    std::fs::write(path("broken.toml"), "[listen\n").unwrap();
    for (file, said) in [
        ("none.toml", vec!["cannot read configuration file", "none.toml", "No such file or directory"]),
        (
            "unknown.toml",
            vec!["unknown option listen.adress in", "unknown.toml", "did you mean listen.address?"],
        ),
        ("broken.toml", vec!["cannot understand", "broken.toml"]),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
        let ended = command.args(["--config", &path(file), "serve"]).output().unwrap();
        assert_eq!(ended.status.code(), Some(1), "{file}");
        assert_eq!(ended.stdout, b"", "{file}");
        let error = String::from_utf8(ended.stderr).unwrap();
        for words in said {
            assert_eq!(error.matches(words).count(), 1, "{file}: {error}");
        }
    }
}
