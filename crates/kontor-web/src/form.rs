//! The fields of a form or of a query.

use kontor_core::Secret;

use crate::frame::FORM_TOKEN;

/// Most fields of a form.
const MOST_FIELDS: usize = 200;

/// Fields that are never kept.
const SECRETS: [&str; 8] =
    [FORM_TOKEN, "password", "old", "new", "again", "code", "answer", "ceremony"];

/// The web client, which begins to sign in by itself there: whoever comes from these pages is known
/// already and is in her rooms without another click. `web/src/shell/start.ts` reads it.
pub(crate) const CHAT: &str = "/?welcome";

/// Names and values, in the order sent.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// From `application/x-www-form-urlencoded`. Fields behind the two-hundredth are passed over.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(text).take(MOST_FIELDS);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The value of a field; empty if it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// A field that nobody else should read; it is gone from the form afterwards.
    pub(crate) fn take_secret(&mut self, name: &str) -> Secret<String> {
        let found = self.0.iter_mut().find(|(found, _)| found == name);
        Secret::new(found.map(|(_, value)| std::mem::take(value)).unwrap_or_default())
    }

    /// What may wait until somebody has shown who she is: everything but secrets and what proves
    /// where a form comes from.
    pub(crate) fn without_secrets(&self) -> Vec<(String, String)> {
        let kept = self.0.iter().filter(|(name, _)| !SECRETS.contains(&name.as_str()));
        kept.cloned().collect()
    }

    /// Puts what has waited before what was sent.
    pub(crate) fn put_before(&mut self, fields: Vec<(String, String)>) {
        self.0.splice(0..0, fields);
    }

    /// Whether a box was ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }
}

/// An address on these pages, or the chat, to go on to; the overview if it is none, or one elsewhere.
pub(crate) fn next_of(wish: &str) -> &str {
    if wish == CHAT {
        return wish;
    }
    let is_ours = ["/account", "/oauth2/", "/admin"].iter().any(|start| wish.starts_with(start));
    let is_plain = wish.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours && is_plain { wish } else { "/account/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for ours in
            [CHAT, "/account/", "/account/devices", "/oauth2/authorize?client_id=x&scope=a%20b"]
        {
            assert_eq!(next_of(ours), ours);
        }
        for theirs in [
            "",
            "/?welcome#x",
            "https://evil.example/",
            "//evil.example/account",
            "/\\evil.example",
            "/account\\@evil.example",
            "/account/\r\nLocation: https://evil.example",
            "/_matrix/client/v3/logout",
            "javascript:alert(1)",
        ] {
            assert_eq!(next_of(theirs), "/account/", "{theirs}");
        }
    }

    #[test]
    fn a_secret_leaves_the_form() {
        let mut form = Form::parse(b"password=a%20b&name=x");
        assert_eq!(form.take_secret("password").expose(), "a b");
        assert_eq!(form.text("password"), "");
        assert!(form.has("name") && !form.has("other"));
    }

    #[test]
    fn what_waits_has_no_secrets_and_goes_before_the_query() {
        let sent = Form::parse(b"form_token=t&reason=a&password=p&code=1&answer=x&ceremony=c");
        assert_eq!(sent.without_secrets(), [("reason".to_owned(), "a".to_owned())]);
        let mut form = Form::parse(b"reason=b&page=2");
        form.put_before(sent.without_secrets());
        assert_eq!((form.text("reason"), form.text("page")), ("a", "2"));
    }
}
