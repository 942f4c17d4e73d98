//! Takes the built web client (`web/dist`) into the program: a table of its files. Without a built client
//! the table is empty and everything else works.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist").canonicalize()?;
    // The folder is always there: a file that keeps it is part of the repository.
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut files = Vec::new();
    collect(&dist, &mut files)?;
    files.sort();
    let mut table = String::from("[\n");
    for file in &files {
        let name = file.strip_prefix(&dist).map_err(io::Error::other)?;
        let packed = PathBuf::from(format!("{}.br", file.display()));
        let packed = if packed.is_file() {
            format!("Some(include_bytes!({packed:?}).as_slice())")
        } else {
            "None".to_owned()
        };
        let name = name.to_string_lossy();
        table.push_str(&format!(
            "ClientFile {{ name: {name:?}, plain: include_bytes!({file:?}), packed: {packed} }},\n"
        ));
    }
    table.push(']');
    let target = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(Path::new(&target).join("client_files.rs"), table)
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
