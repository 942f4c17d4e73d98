//! What cargo and the file system know about the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// The workspace as `cargo metadata` describes it.
pub(super) struct Workspace {
    pub(super) root: PathBuf,
    pub(super) members: Vec<Member>,
}

/// One crate of the workspace.
#[derive(Deserialize)]
pub(super) struct Member {
    pub(super) name: String,
    manifest_path: PathBuf,
    pub(super) dependencies: Vec<Dependency>,
    /// The manifest's text; cargo's description leaves the lint table out.
    #[serde(skip)]
    pub(super) manifest: String,
}

/// One entry of a dependency table.
#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `None` for an ordinary dependency, else `dev` or `build`.
    pub(super) kind: Option<String>,
}

/// One Rust source file of a workspace member.
pub(super) struct SourceFile {
    /// Path relative to the repository, with `/`.
    pub(super) path: String,
    /// Member that the file belongs to.
    pub(super) member: String,
    /// Under `tests/` or `benches/`, or a `tests.rs` beside the code.
    pub(super) is_test: bool,
    pub(super) text: String,
}

impl SourceFile {
    /// The lines before the file's own test module.
    pub(super) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self
            .text
            .lines()
            .zip(self.text.lines().skip(1))
            .position(|(line, next)| line == "#[cfg(test)]" && next.starts_with("mod tests"))
            .unwrap_or(usize::MAX);
        self.text.lines().enumerate().take(end).map(|(index, line)| (index + 1, line))
    }
}

impl Workspace {
    pub(super) fn load() -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Metadata {
            packages: Vec<Member>,
            workspace_root: PathBuf,
        }
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(|error| format!("cargo metadata: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cargo metadata: {error}"))?;
        let mut members = metadata.packages;
        for member in &mut members {
            member.manifest = read(&member.manifest_path)?;
        }
        Ok(Self { root: metadata.workspace_root, members })
    }

    /// Every Rust file of every member, in the order of their paths.
    pub(super) fn rust_files(&self) -> Result<Vec<SourceFile>, String> {
        let mut files = Vec::new();
        for member in &self.members {
            let Some(folder) = member.manifest_path.parent() else { continue };
            for path in rust_paths(folder)? {
                let inside = path.strip_prefix(folder).unwrap_or(&path);
                let top = inside.components().next().map(|part| part.as_os_str().to_owned());
                let is_test =
                    matches!(top.as_deref().and_then(|t| t.to_str()), Some("tests" | "benches"))
                        || path.file_stem().is_some_and(|stem| stem == "tests")
                        || inside.components().any(|part| part.as_os_str() == "tests");
                files.push(SourceFile {
                    path: path.strip_prefix(&self.root).unwrap_or(&path).display().to_string(),
                    member: member.name.clone(),
                    is_test,
                    text: read(&path)?,
                });
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }
}

fn rust_paths(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries =
            std::fs::read_dir(&next).map_err(|error| format!("{}: {error}", next.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", next.display()))?.path();
            let is_folder = path.is_dir();
            if is_folder && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if !is_folder && path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
