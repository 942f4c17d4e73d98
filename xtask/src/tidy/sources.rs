//! Budgets, and constructs that belong to certain crates only.

use super::Finding;
use super::workspace::SourceFile;

/// Lines of one file without its tests.
const MAX_LINES: usize = 600;

/// Crates that may open a request context themselves.
const MAY_MAKE_CX: &[&str] = &[
    "kontor-core",
    "kontor-identity",
    "kontor-tenant",
    "kontor-node",
    "kontor",
    "kontor-testdb",
    "kontor-testkit",
];

/// Crates that may contain SQL: the tables, and the engines' own housekeeping.
const MAY_WRITE_SQL: &[&str] =
    &["kontor-store", "kontor-db", "kontor-testdb", "kontor-testkit", "xtask"];

const SQL_STARTS: &[&str] =
    &["SELECT ", "INSERT INTO ", "DELETE FROM ", "UPDATE ", "CREATE TABLE ", "ALTER TABLE "];

/// Checks one file.
pub(super) fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_everywhere(file, &mut findings);
    if !file.is_test {
        check_product(file, &mut findings);
    }
    findings
}

fn check_everywhere(file: &SourceFile, findings: &mut Vec<Finding>) {
    // Spelled in two halves, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[ign", "ore")];
    for (index, line) in file.text.lines().enumerate() {
        for mark in marks {
            if line.contains(mark) {
                findings.push(at(
                    file,
                    index + 1,
                    "mark",
                    &format!("`{mark}`: finish it or say why"),
                ));
            }
        }
    }
}

fn check_product(file: &SourceFile, findings: &mut Vec<Finding>) {
    let lines = file.product_lines().count();
    if lines > MAX_LINES {
        let message = format!("{lines} lines without tests, {MAX_LINES} allowed: split by noun");
        findings.push(Finding::new("length", &*file.path, message));
    }
    let member = file.member.as_str();
    for (number, line) in file.product_lines() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if code.contains(concat!("Cx::", "new(")) && !MAY_MAKE_CX.contains(&member) {
            let advice = "only the session check and the wiring open a request context";
            findings.push(at(file, number, "cx", advice));
        }
        if !MAY_WRITE_SQL.contains(&member) && names_sql(code) {
            findings.push(at(file, number, "sql", "SQL belongs into kontor-store"));
        }
    }
}

/// Whether a line opens an SQL statement: the start of a string, or of a line inside one.
fn names_sql(code: &str) -> bool {
    let inside = code.split('"').skip(1).chain([code]);
    code.contains("Sql::new(")
        || inside.into_iter().any(|text| SQL_STARTS.iter().any(|start| text.starts_with(start)))
}

fn at(file: &SourceFile, line: usize, rule: &'static str, message: &str) -> Finding {
    Finding::new(rule, &*file.path, format!("line {line}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(member: &str, text: &str) -> SourceFile {
        SourceFile {
            path: "crates/x/src/lib.rs".to_owned(),
            member: member.to_owned(),
            is_test: false,
            text: text.to_owned(),
        }
    }

    fn rules(member: &str, text: &str) -> Vec<&'static str> {
        check(&file(member, text)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn sql_is_found_outside_the_store_only() {
        let text = "let q = \"SELECT a FROM b\";\n";
        assert_eq!(rules("kontor-rooms", text), ["sql"]);
        assert!(rules("kontor-store", text).is_empty());
        assert!(rules("kontor-rooms", "// SELECT a FROM b\n").is_empty());
    }

    #[test]
    fn a_request_context_is_opened_by_few_crates() {
        assert_eq!(rules("kontor-sync", "let cx = Cx::new(tenant, actor);\n"), ["cx"]);
        assert!(rules("kontor-identity", "let cx = Cx::new(tenant, actor);\n").is_empty());
    }

    #[test]
    fn the_test_module_counts_neither_lines_nor_constructs() {
        let long = "fn f() {}\n".repeat(MAX_LINES);
        let with_tests = format!("{long}#[cfg(test)]\nmod tests {{\n Cx::new(a)\n}}\n");
        assert!(rules("kontor-sync", &with_tests).is_empty());
        assert_eq!(rules("kontor-sync", &format!("{long}fn g() {{}}\n")), ["length"]);
    }
}
