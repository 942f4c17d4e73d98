//! Finding people, for those who administer them.
//!
//! Names and addresses are sealed in the database, so people are searched in memory: a list of them
//! is read once, before anybody asks, and after that only whom something has changed about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_core::{Cx, Permission, Result, Role, Roles, Timestamp};
use kontor_db::Tx;
use kontor_store::people::{self, PersonRow};
use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};

use crate::{AccountState, Identity};

/// People on one page.
pub const PEOPLE_PAGE: usize = 50;

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPerson {
    /// Matrix user id.
    pub user_id: OwnedUserId,
    /// Name typed at sign-in, if it is not the user id.
    pub login_name: Option<String>,
    /// Name shown to others.
    pub display_name: Option<String>,
    /// Confirmed mail address.
    pub mail: Option<String>,
    /// Whether she can use her account.
    pub state: AccountState,
    /// What she is in the organisation.
    pub roles: Roles,
    /// When the account was made.
    pub created: Timestamp,
}

/// Which people to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleQuery {
    /// Words, each of which occurs in a name, the user id or the mail address. Letter case and the
    /// dots of umlauts make no difference.
    pub text: String,
    /// Only people with this role.
    pub role: Option<Role>,
    /// Only people whose account is in this state; `None`: those whose account is not closed.
    pub state: Option<AccountState>,
    /// Which page, from 0.
    pub page: usize,
}

/// A page of people, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleFound {
    /// At most [`PEOPLE_PAGE`].
    pub people: Vec<ListedPerson>,
    /// How many there are on all pages.
    pub total: usize,
}

/// Everybody, as of a version of [`kontor_feed::Feed::people_version`].
#[derive(Default)]
pub(crate) struct Directory(Mutex<Option<(u64, Entries)>>);

/// In order of the name that is shown.
type Entries = Arc<[Arc<Entry>]>;

struct Entry {
    person: ListedPerson,
    /// What a search looks at, folded.
    haystack: String,
}

impl Identity {
    /// People by name, each page in the same order. Costs no database read unless something about
    /// somebody has changed.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn people(&self, cx: &Cx, query: &PeopleQuery) -> Result<PeopleFound> {
        cx.require(Permission::SeePeople)?;
        let all = self.directory(cx).await?;
        let text = folded(&query.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let found = all.iter().filter(|entry| entry.answers(query, &words));
        let mut page = PeopleFound::default();
        let first = query.page.saturating_mul(PEOPLE_PAGE);
        for entry in found {
            if page.total >= first && page.people.len() < PEOPLE_PAGE {
                page.people.push(entry.person.clone());
            }
            page.total += 1;
        }
        Ok(page)
    }

    /// What `users` are called; who has no name, or is not here, is missing. For those in charge, to
    /// whom an id says nothing about whom they decide.
    ///
    /// # Errors
    /// `Forbidden` without the permission to see what waits for a second person.
    pub async fn names_of(
        &self,
        cx: &Cx,
        users: &BTreeSet<OwnedUserId>,
    ) -> Result<BTreeMap<OwnedUserId, String>> {
        cx.require(Permission::SeeApprovals)?;
        let all = self.directory(cx).await?;
        Ok(named(&all, |person| users.contains(&person.user_id)))
    }

    /// As [`Self::names_of`], as everybody sees them who is signed in: whose account is closed has
    /// none.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers.
    pub async fn public_names_of(
        &self,
        cx: &Cx,
        users: &BTreeSet<OwnedUserId>,
    ) -> Result<BTreeMap<OwnedUserId, String>> {
        cx.user()?;
        let all = self.directory(cx).await?;
        let is_here = |person: &ListedPerson| person.state != AccountState::Closed;
        Ok(named(&all, |person| users.contains(&person.user_id) && is_here(person)))
    }

    /// Reads the list of people into memory; to be called once the database is open, so that nobody
    /// waits for it.
    ///
    /// # Errors
    /// `Unavailable` if it cannot be read.
    pub async fn load_people(&self, cx: &Cx) -> Result<()> {
        self.directory(cx).await.map(drop)
    }

    async fn directory(&self, cx: &Cx) -> Result<Entries> {
        let feed = &self.inner.feed;
        let version = feed.people_version();
        let held = self.inner.directory.0.lock().clone();
        let all = match held {
            Some((at, all)) if at == version => return Ok(all),
            Some((at, all)) => match feed.people_changed_since(at) {
                Some(changed) => self.with_changes(cx, all, changed).await?,
                None => self.inner.db.read(cx, everybody).await?,
            },
            None => self.inner.db.read(cx, everybody).await?,
        };
        let all: Entries = in_order(all).into();
        *self.inner.directory.0.lock() = Some((version, Arc::clone(&all)));
        Ok(all)
    }

    /// The list with what has changed about these people read anew.
    async fn with_changes(
        &self,
        cx: &Cx,
        all: Entries,
        changed: BTreeSet<OwnedUserId>,
    ) -> Result<Vec<Arc<Entry>>> {
        let others = all.iter().filter(|entry| !changed.contains(&entry.person.user_id));
        let mut all: Vec<Arc<Entry>> = others.cloned().collect();
        let read = move |tx: &mut Tx<'_>| {
            let roles = people::list_roles_of(tx, &changed)?;
            Ok(entries(people::list_people_of(tx, &changed)?, roles))
        };
        all.extend(self.inner.db.read(cx, read).await?);
        Ok(all)
    }

    /// To be called in every write that changes whether somebody is here, what she may, or what she is
    /// called.
    pub(crate) fn people_change(&self, tx: &mut Tx<'_>, user: &UserId) {
        let (feed, user) = (self.inner.feed.clone(), user.to_owned());
        tx.after_commit(move || feed.people_changed(&user));
    }
}

impl Entry {
    fn new(row: PersonRow, stored: Roles) -> Self {
        let PersonRow { account, display_name, mail } = row;
        let state = AccountState::of(&account);
        let texts = [display_name.as_deref(), account.login_name.as_deref(), mail.as_deref()];
        let texts = texts.into_iter().flatten().chain([account.user_id.as_str()]);
        // Apart by something nobody types, so that no word is found across two of them.
        let haystack = folded(&texts.collect::<Vec<_>>().join("\n"));
        let person = ListedPerson {
            roles: Roles::of_account(stored),
            state,
            user_id: account.user_id,
            login_name: account.login_name,
            display_name,
            mail,
            created: account.created,
        };
        Self { person, haystack }
    }

    fn answers(&self, query: &PeopleQuery, words: &[&str]) -> bool {
        let person = &self.person;
        let state = match query.state {
            Some(wanted) => person.state == wanted,
            None => person.state != AccountState::Closed,
        };
        state
            && query.role.is_none_or(|role| person.roles.has(role))
            && words.iter().all(|word| self.haystack.contains(word))
    }
}

fn named(
    all: &Entries,
    is_wanted: impl Fn(&ListedPerson) -> bool,
) -> BTreeMap<OwnedUserId, String> {
    let wanted = all.iter().map(|entry| &entry.person).filter(|person| is_wanted(person));
    let named =
        wanted.filter_map(|person| Some((person.user_id.clone(), person.display_name.clone()?)));
    named.filter(|(_, name)| !name.trim().is_empty()).collect()
}

fn everybody(tx: &mut Tx<'_>) -> Result<Vec<Arc<Entry>>> {
    let roles = people::list_people_roles(tx)?;
    Ok(entries(people::list_people(tx)?, roles))
}

/// People with their roles, both in order of user id.
fn entries(people: Vec<PersonRow>, roles: Vec<(OwnedUserId, Role)>) -> Vec<Arc<Entry>> {
    let mut roles = roles.into_iter().peekable();
    let entry = |row: PersonRow| {
        let mut stored = Roles::NONE;
        while let Some((_, role)) = roles.next_if(|(user, _)| *user <= row.account.user_id) {
            stored = stored.with(role);
        }
        Arc::new(Entry::new(row, stored))
    };
    people.into_iter().map(entry).collect()
}

/// In order of the name that is shown, which comes first in what is searched.
fn in_order(mut all: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
    all.sort_by(|one, other| one.haystack.cmp(&other.haystack));
    all
}

/// As people search and sort: `Ä` like `a`, `ß` like `ss`.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'à' | 'á' | 'â' | 'å' => folded.push('a'),
            'ö' | 'ò' | 'ó' | 'ô' | 'ø' => folded.push('o'),
            'ü' | 'ù' | 'ú' | 'û' => folded.push('u'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' => folded.push('i'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ñ' | 'ń' => folded.push('n'),
            'š' | 'ś' => folded.push('s'),
            'ž' | 'ź' | 'ż' => folded.push('z'),
            'ł' => folded.push('l'),
            'ß' => folded.push_str("ss"),
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_dots_make_no_difference() {
        assert_eq!(folded("Jörg STRAẞE Łukasz"), "jorg strasse lukasz");
        assert_eq!(folded("Müller"), folded("MULLER"));
    }
}
