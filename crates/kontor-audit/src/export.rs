//! Writing an export: one JSON object a line, signed at the end.

use std::io::Write;

use kontor_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::canonical::render;
use crate::digest::Running;
use crate::keys::Signer;
use crate::{AuditKeys, Digest, End, Header, Line};

/// What a log may be exported for. Watching how people work is not among it. law: R-194
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportPurpose {
    /// To look into an attack or a mistake.
    Security,
    /// To show that the law was kept: audit, data protection officer, works council.
    Accountability,
    /// To answer a person who asks what was done with their account (DSGVO Art. 15).
    DataSubject,
    /// To keep a copy from which changes to this log can be noticed.
    Safekeeping,
}

impl ExportPurpose {
    /// Every purpose.
    pub const ALL: [Self; 4] =
        [Self::Security, Self::Accountability, Self::DataSubject, Self::Safekeeping];

    /// As written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Accountability => "accountability",
            Self::DataSubject => "data-subject",
            Self::Safekeeping => "safekeeping",
        }
    }
}

/// Writes an export.
pub struct ExportWriter<'k, W> {
    out: W,
    signer: &'k Signer,
    digest: Running,
    lines: i64,
    newest: (i64, Digest),
}

impl<'k, W: Write> ExportWriter<'k, W> {
    /// Begins an export of `server_name`'s log at the time `at`.
    pub fn begin(
        out: W,
        keys: &'k AuditKeys,
        server_name: &str,
        (purpose, at): (ExportPurpose, i64),
    ) -> Result<Self> {
        let signer = &keys.signer;
        let newest = (0, Digest::GENESIS);
        let mut writer = Self { out, signer, digest: Running::default(), lines: 0, newest };
        let header = Header {
            at,
            format: 1,
            public_key: signer.public_key(),
            purpose,
            server_name: server_name.to_owned(),
        };
        writer.line(&Line::Header(header))?;
        Ok(writer)
    }

    /// Writes the next line of the chain.
    pub fn push(&mut self, line: &Line) -> Result<()> {
        match line {
            Line::Entry(entry) => self.newest = (entry.seq, entry.hash),
            Line::Gap(gap) => self.newest = (gap.to, gap.last),
            Line::Header(_) | Line::Checkpoint(_) | Line::End(_) => {}
        }
        self.line(line)
    }

    /// Signs what was written; answers how many lines there are.
    pub fn finish(mut self) -> Result<i64> {
        let digest = std::mem::take(&mut self.digest).finish();
        let (seq, hash) = self.newest;
        let mut end = End { digest, hash, lines: self.lines, seq, signature: String::new() };
        end.signature = self.signer.sign(&Line::End(end.clone()))?;
        self.line(&Line::End(end))?;
        self.out.flush().map_err(unwritable)?;
        Ok(self.lines)
    }

    fn line(&mut self, line: &Line) -> Result<()> {
        let mut text = render(line)?;
        text.push('\n');
        self.digest.update(text.as_bytes());
        self.lines += 1;
        self.out.write_all(text.as_bytes()).map_err(unwritable)
    }
}

fn unwritable(error: std::io::Error) -> Error {
    Error::unavailable("The export cannot be written.").because(error)
}
