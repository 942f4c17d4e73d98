//! Reads passwords and passphrases: from a file, a pipe, or a terminal that does not show them.

use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use kontor_core::Secret;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::failure::Failure;
use crate::output;

/// The first line of `file`, or of standard input for `-`.
pub(crate) fn from_file(file: &Path) -> Result<Secret<String>, Failure> {
    if file == Path::new("-") {
        return from_line(&mut io::stdin().lock());
    }
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    from_line(&mut text.as_bytes())
}

/// Asks for a secret; the terminal does not show what is typed.
///
/// `twice`: asks again, because a typing error would only show when it is too late.
pub(crate) fn asked(question: &str, twice: bool) -> Result<Secret<String>, Failure> {
    let first = ask(question)?;
    if twice && io::stdin().is_terminal() && ask("Once more: ")? != first {
        return Err(Failure::usage("the two entries differ. Try again."));
    }
    Ok(first)
}

fn ask(question: &str) -> Result<Secret<String>, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return from_line(&mut stdin.lock());
    }
    output::question(question);
    let shown = tcgetattr(&stdin).map_err(|error| Failure::new(error.to_string()))?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    tcsetattr(&stdin, OptionalActions::Now, &hidden)
        .map_err(|error| Failure::new(error.to_string()))?;
    let line = from_line(&mut stdin.lock());
    // If this fails the terminal stays silent; `stty echo` helps.
    let _ = tcsetattr(&stdin, OptionalActions::Now, &shown);
    line
}

fn from_line(input: &mut dyn BufRead) -> Result<Secret<String>, Failure> {
    let mut line = String::new();
    input.read_line(&mut line).map_err(|error| Failure::new(error.to_string()))?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    if line.is_empty() {
        return Err(Failure::usage("an empty password or passphrase is refused."));
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_counts_without_its_end() {
        for text in ["geheim wort\r\nzweite", "geheim wort\n", "geheim wort"] {
            assert_eq!(from_line(&mut text.as_bytes()).unwrap().expose(), "geheim wort");
        }
        assert!(from_line(&mut "\nzweite".as_bytes()).is_err());
    }
}
