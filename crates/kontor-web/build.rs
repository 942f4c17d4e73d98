//! Takes the built web client (`web/dist`) into the program: a table of its files. Without a built client
//! the table is empty and everything else works.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// From here on clippy asks whether a file was meant to be taken in.
const LARGE_BYTES: u64 = 1_000_000;

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    // The folder is there even without a client: a file that keeps it is part of the repository.
    let dist = dist.canonicalize().unwrap_or(dist);
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    collect(&dist, &mut files)?;
    files.sort();
    let target = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    let table = table(&dist, &files).map_err(io::Error::other)?;
    fs::write(Path::new(&target).join("client_files.rs"), table)
}

/// The Rust text of the table.
fn table(dist: &Path, files: &[PathBuf]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    if files.iter().any(|file| file.metadata().is_ok_and(|about| about.len() > LARGE_BYTES)) {
        let reason = "the cryptography is that large";
        writeln!(text, "#[expect(clippy::large_include_file, reason = {reason:?})]")?;
    }
    writeln!(text, "static FILES: &[ClientFile] = &[")?;
    for file in files {
        let path = file.to_string_lossy();
        let name = file.strip_prefix(dist).unwrap_or(file).to_string_lossy();
        let packed = format!("{path}.br");
        write!(text, "ClientFile {{ name: {name:?}, plain: include_bytes!({path:?}), packed: ")?;
        if Path::new(&packed).is_file() {
            writeln!(text, "Some(include_bytes!({packed:?}).as_slice()) }},")?;
        } else {
            writeln!(text, "None }},")?;
        }
    }
    writeln!(text, "];")?;
    Ok(text)
}

/// The files below a folder but their packed twins and hidden ones.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_hidden =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            collect(&path, files)?;
        } else if !is_hidden && path.extension().is_none_or(|kind| kind != "br") {
            files.push(path);
        }
    }
    Ok(())
}
