//! What people write, on every page and in every form there is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kontor_core::Role;
use kontor_testkit::{Method, Setup, TestServer, json};

use crate::browser::{Browser, PASSWORD, Shown};
use crate::factors::operator;
use crate::oauth::{Program, public_server};
use crate::second_step::{enrol_passkey, key};

/// Ends what it stands in and begins something new; where it is shown as text, `>` is not there.
fn evil(mark: &str) -> String {
    format!("\"'><img src=x onerror=alert(1)>{mark}")
}

fn is_harmless(shown: &Shown, at: &str) {
    for sign in ["onerror=alert(1)>", "<img src=x", "href=\"javascript:", "href='"] {
        assert!(!shown.html.contains(sign), "{sign} at {at}: {}", shown.html);
    }
    for name in ["location", "set-cookie", "content-security-policy"] {
        assert!(!shown.header(name).contains("onerror"), "{name} at {at}");
    }
    let is_page = shown.header("content-type").starts_with("text/html");
    if is_page {
        let policy = shown.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{at}");
    }
}

/// Addresses of ours that a page leads to.
fn links(html: &str) -> Vec<String> {
    let parts = html.split("href=\"/").skip(1);
    let links = parts.map(|part| format!("/{}", part.split('"').next().unwrap_or_default()));
    // The client is a program of its own, with a policy of its own.
    let links = links.filter(|link| link != "/");
    links.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

/// Everything one can get to from here by links; of the settings only a few, they are one page.
async fn visit_all(browser: &mut Browser) -> BTreeMap<String, Shown> {
    let mut waiting: VecDeque<String> =
        ["/account/", "/account/login", "/account/enrol", "/account/confirm", "/account/keys"]
            .map(str::to_owned)
            .into();
    let mut pages = BTreeMap::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(path) = waiting.pop_front() {
        let parent = path.rsplit_once(['/', '?']).map_or("", |(parent, _)| parent).to_owned();
        let alike = kinds.entry(parent).or_default();
        *alike += 1;
        let is_file = path.starts_with("/assets/") || path.contains('#');
        if is_file || pages.contains_key(&path) || *alike > 25 {
            continue;
        }
        let shown = browser.get(&path).await;
        is_harmless(&shown, &path);
        waiting.extend(links(&shown.html));
        pages.insert(path, shown);
    }
    pages
}

/// One form of a page: where it goes, its fields, and its buttons.
#[derive(Debug)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
    buttons: Vec<(String, String)>,
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let text = rest.split('"').next()?;
    Some(text.replace("&#34;", "\"").replace("&#38;", "&").replace("&#39;", "'"))
}

fn forms(html: &str) -> Vec<Form> {
    let posts = html.split("<form ").skip(1).filter(|form| form.contains("method=\"post\""));
    posts.map(|form| form_of(form.split("</form>").next().unwrap_or_default())).collect()
}

fn form_of(text: &str) -> Form {
    let action = attribute(&format!(" {text}"), "action").unwrap_or_default();
    let (mut fields, mut buttons) = (Vec::new(), Vec::new());
    for tag in text.split('<').map(|tag| tag.split('>').next().unwrap_or_default()) {
        let Some(name) = attribute(tag, "name") else { continue };
        let value = attribute(tag, "value");
        if tag.starts_with("button") {
            buttons.push((name, value.unwrap_or_default()));
        } else if tag.contains("type=\"hidden\"") || tag.contains("type=\"checkbox\"") {
            fields.push((name, value.unwrap_or_default()));
        } else {
            fields.push((name, evil("typed")));
        }
    }
    if buttons.is_empty() {
        buttons.push(("nothing".to_owned(), String::new()));
    }
    Form { action, fields, buttons }
}

/// Sends every form of a page with every button, everything that can be typed being evil.
async fn send_all(server: &TestServer, name: &str, path: &str) -> usize {
    let mut browser = Browser::signed_in(server, name).await;
    let mut sent = 0;
    for (number, form) in forms(&browser.get(path).await.html).into_iter().enumerate() {
        // Closing the account or leaving would end the walk.
        if ["/account/logout", "/account/close"].contains(&form.action.as_str()) {
            continue;
        }
        for button in &form.buttons {
            let page = browser.get(path).await;
            let Some(mut form) = forms(&page.html).into_iter().nth(number) else {
                browser = Browser::signed_in(server, name).await;
                continue;
            };
            form.fields.push(button.clone());
            let fields: Vec<(&str, &str)> =
                form.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            let shown = browser.post(&form.action, &fields).await;
            is_harmless(&shown, &format!("{path}: {}", form.action));
            assert!(shown.status < 500, "{path}: {form:?}");
            sent += 1;
        }
    }
    sent
}

/// Writes into everything that can be written into; answers the marks.
async fn write_everywhere(server: &TestServer) -> BTreeSet<&'static str> {
    let alice = server.login("olga").await;
    let client = "/_matrix/client/v3";
    let name = json!({ "displayname": evil("display-name") });
    alice.put(&format!("{client}/profile/{}/displayname", alice.user_id), name).await.ok();
    let device = json!({ "display_name": evil("device-name") });
    alice.put(&format!("{client}/devices/{}", alice.device_id), device).await.ok();
    let sync = alice.request(Method::GET, &format!("{client}/sync"));
    server.raw(sync.header("user-agent", "\"'><img src=x onerror=alert(1)>agent/1.0")).await.ok();
    let floor = json!({ "minimum": "1.12", "reason": evil("floor"), "critical": false });
    alice.put("/_kontor/admin/v1/programs/Element", floor).await.ok();
    let mut olga = Browser::signed_in(server, "olga").await;
    enrol_passkey(&mut olga, &mut key("https://chat.one.example"), &evil("passkey")).await;
    let app = evil("app-password");
    assert_eq!(olga.fill("/account/app-passwords", &[("name", &app)]).await.status, 200);
    let setting = "/admin/policy/setting/read_receipts";
    let reason = evil("policy-reason");
    let fields = [("value", "false"), ("reason", &*reason), ("lock", "yes"), ("act", "decide")];
    assert_eq!(olga.fill(setting, &fields).await.status, 303);
    let reason = evil("approval-reason");
    let fields = [("value", "true"), ("reason", &*reason), ("act", "ask")];
    assert_eq!(olga.fill(setting, &fields).await.status, 303);
    ["display-name", "device-name", "passkey", "app-password", "policy-reason", "approval-reason"]
        .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_written_is_shown_as_text_on_every_page() {
    let server = public_server(false).await;
    server.register_as("olga", Role::OrgAdmin).await;
    server.register_as("dora", Role::Dsb).await;
    // The passkey would be asked for; this browser has shown it already.
    let mut olga = Browser::signed_in(&server, "olga").await;
    let mut dora = Browser::signed_in(&server, "dora").await;
    let mut wanted = write_everywhere(&server).await;
    let program = Program::new(&server, &evil("program")).await;
    let query = program.query(&[("login_hint", &evil("hint")), ("state", &evil("state"))]);
    let mut all = visit_all(&mut olga).await;
    all.extend(visit_all(&mut dora).await.into_iter().map(|(path, page)| (path + " ", page)));
    let consent = dora.get(&format!("/oauth2/authorize?{query}")).await;
    is_harmless(&consent, "consent");
    consent.shows("&#62;program");
    wanted.retain(|mark| !all.values().any(|page| page.html.contains(&format!("&#62;{mark}"))));
    assert!(wanted.is_empty(), "never shown: {wanted:?}");
    assert!(all.len() > 30, "{:?}", all.keys());
    // And what stands in the address.
    let typed: String = url::form_urlencoded::byte_serialize(evil("query").as_bytes()).collect();
    let names = ["q", "next", "device", "user_code", "profile", "from", "until", "who", "action"];
    let query: Vec<String> = names.iter().map(|name| format!("{name}={typed}")).collect();
    for path in all.keys().filter(|path| !path.contains('?')) {
        let at = format!("{}?{}", path.trim(), query.join("&"));
        is_harmless(&olga.get(&at).await, &at);
        is_harmless(&dora.get(&at).await, &at);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_into_a_form_comes_back_as_text() {
    let server = TestServer::with(Setup::default()).await;
    server.register_as("olga", Role::OrgAdmin).await;
    server.register_as("dora", Role::Dsb).await;
    server.register("pia").await;
    let mut sent = 0;
    for name in ["olga", "dora"] {
        let mut browser = Browser::signed_in(&server, name).await;
        let pages = visit_all(&mut browser).await;
        // Olga would lock Dora out; everything on such a page is done to Pia.
        let pages = pages.keys().filter(|path| !path.contains('?') && !path.contains("dora"));
        for path in pages {
            sent += send_all(&server, name, path).await;
        }
    }
    assert!(sent > 100, "{sent}");
    let (cx, tenant) = operator(&server).await;
    let new = kontor_identity::NewInvitation::default();
    let link = tenant.identity.create_invitation(&cx, new).await.unwrap();
    let path = format!("/account/invitation/{}", link.token.expose());
    let typed = evil("typed");
    for notice in ["", "yes"] {
        let fields = [
            ("username", &*typed),
            ("display_name", &*typed),
            ("password", PASSWORD),
            ("notice", notice),
        ];
        let shown = Browser::new(&server).post(&path, &fields).await;
        is_harmless(&shown, &path);
        shown.shows("&#62;typed");
    }
}
