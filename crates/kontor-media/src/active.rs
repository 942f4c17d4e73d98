//! Files that do something when opened. law: §4.1 "Max upload types"
//!
//! The server sees what a file is called, and the beginning of files that are not encrypted. What is
//! encrypted its sender's program has to check.

use kontor_core::{Error, Result};
use kontor_policy::UploadTypes;

/// So much of the beginning is looked at, in bytes.
pub(crate) const ENOUGH_BYTES: usize = 512;

/// Media types, or what they end in.
const ACTIVE_TYPES: [&str; 21] = [
    "text/html",
    "application/xhtml+xml",
    "image/svg+xml",
    "text/javascript",
    "application/javascript",
    "application/ecmascript",
    "text/vbscript",
    "application/x-sh",
    "application/x-csh",
    "application/x-bat",
    "application/x-msdownload",
    "application/x-msdos-program",
    "application/x-ms-installer",
    "application/x-ms-shortcut",
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-mach-binary",
    "application/java-archive",
    "application/vnd.android.package-archive",
    "application/wasm",
    "application/hta",
];

/// Endings of file names.
const ACTIVE_ENDINGS: [&str; 42] = [
    "apk", "app", "appimage", "bat", "chm", "cmd", "com", "cpl", "deb", "dll", "docm", "dmg",
    "dotm", "exe", "hta", "htm", "html", "jar", "js", "jse", "lnk", "msi", "msix", "pkg", "pptm",
    "ps1", "reg", "rpm", "scr", "sh", "svg", "swf", "vb", "vbe", "vbs", "wasm", "wsf", "xhtml",
    "xlam", "xlsm", "xltm", "url",
];

/// How files begin that are programs.
const PROGRAMS: [&[u8]; 8] = [
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\0asm",
    b"#!/",
];

/// How web pages and drawings with scripts begin, in small letters.
const PAGES: [&str; 6] = ["<!doctype html", "<html", "<head", "<body", "<script", "<svg"];

/// Lets pass what is not said to be active.
///
/// # Errors
/// `Forbidden`, with the field `field`.
pub(crate) fn check_described(
    rule: UploadTypes,
    content_type: &str,
    file_name: &str,
) -> Result<()> {
    if rule == UploadTypes::Everything {
        return Ok(());
    }
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_xml = matches!(&*kind, "text/xml" | "application/xml");
    let has_macros = kind.ends_with(".macroenabled.12");
    if ACTIVE_TYPES.contains(&&*kind) || has_macros || (is_xml && refuses_xml(rule)) {
        return Err(refused("content_type"));
    }
    let ending = file_name.trim_end_matches(['.', ' ']).rsplit_once('.');
    let ending = ending.map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if ACTIVE_ENDINGS.contains(&&*ending) || (ending == "xml" && refuses_xml(rule)) {
        return Err(refused("filename"));
    }
    Ok(())
}

/// Lets pass what does not begin like something active.
///
/// # Errors
/// `Forbidden`, with the field `field`.
pub(crate) fn check_beginning(rule: UploadTypes, beginning: &[u8]) -> Result<()> {
    if rule == UploadTypes::Everything {
        return Ok(());
    }
    let is_program = PROGRAMS.iter().any(|magic| beginning.starts_with(magic));
    if is_program || is_windows_program(beginning) {
        return Err(refused("content"));
    }
    let text = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_page = PAGES.iter().any(|page| text.starts_with(page));
    // A drawing hides behind the declaration as well.
    let is_xml = text.starts_with("<?xml");
    let is_drawing = is_xml && (text.contains("<svg") || text.contains("<html"));
    if is_page || is_drawing || (is_xml && refuses_xml(rule)) {
        return Err(refused("content"));
    }
    Ok(())
}

const fn refuses_xml(rule: UploadTypes) -> bool {
    matches!(rule, UploadTypes::NoActiveContent)
}

/// `MZ` alone begins one encrypted file in 65,536: its header has to be there, too.
fn is_windows_program(beginning: &[u8]) -> bool {
    let place = beginning.get(0x3c..0x40).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    let place = place.and_then(|bytes| usize::try_from(u32::from_le_bytes(bytes)).ok());
    let header = place.and_then(|at| beginning.get(at..at.checked_add(4)?));
    beginning.starts_with(b"MZ") && header == Some(b"PE\0\0".as_slice())
}

fn refused(field: &'static str) -> Error {
    let text = "This organisation takes in no programs, scripts or web pages.";
    Error::forbidden(text).with_field("field", field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_active_is_refused_unless_everything_is_taken_in() {
        let cases = [
            ("text/html; charset=utf-8", "", false, false),
            ("IMAGE/SVG+XML", "", false, false),
            ("application/vnd.ms-excel.sheet.macroEnabled.12", "", false, false),
            ("application/octet-stream", "Rechnung.pdf.EXE", false, false),
            ("application/octet-stream", "Brief.docm.", false, false),
            ("application/xml", "", false, true),
            ("text/plain", "rechnung.xml", false, true),
            ("application/pdf", "Angebot.pdf", true, true),
            ("image/png", "", true, true),
            ("application/octet-stream", "", true, true),
            ("", "html", true, true),
        ];
        for (kind, name, strict, signed) in cases {
            let allowed = |rule| check_described(rule, kind, name).is_ok();
            assert_eq!(allowed(UploadTypes::NoActiveContent), strict, "{kind} {name}");
            assert_eq!(allowed(UploadTypes::SignedDocuments), signed, "{kind} {name}");
            assert!(allowed(UploadTypes::Everything));
        }
    }

    #[test]
    fn what_begins_like_a_program_or_a_page_is_refused() {
        let mut windows = vec![0; 512];
        windows[..2].copy_from_slice(b"MZ");
        windows[0x3c] = 0x80;
        windows[0x80..0x84].copy_from_slice(b"PE\0\0");
        let refused: [&[u8]; 6] = [
            b"\x7fELF\x02",
            b"#!/bin/sh\n",
            b"\xef\xbb\xbf \n<!DOCTYPE HTML><p>",
            b"<svg onload=alert(1)>",
            b"<?xml version='1.0'?><svg onload=alert(1)>",
            &windows,
        ];
        for bytes in refused {
            assert!(check_beginning(UploadTypes::SignedDocuments, bytes).is_err(), "{bytes:?}");
            assert!(check_beginning(UploadTypes::Everything, bytes).is_ok());
        }
        let taken: [&[u8]; 4] = [b"%PDF-1.7", b"\x89PNG", b"MZ just random bytes", b""];
        for bytes in taken {
            assert!(check_beginning(UploadTypes::NoActiveContent, bytes).is_ok(), "{bytes:?}");
        }
        let invoice = b"<?xml version='1.0'?><Invoice/>";
        assert!(check_beginning(UploadTypes::NoActiveContent, invoice).is_err());
        assert!(check_beginning(UploadTypes::SignedDocuments, invoice).is_ok());
    }
}
