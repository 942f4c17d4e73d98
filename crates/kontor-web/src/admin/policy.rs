//! The settings of the organisation: finding one, and what holds.

mod compare;
mod setting;
mod shown;
mod works_council;

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use kontor_core::Permission;
use kontor_policy::{Area, Profile, SettingState};

use crate::frame::{Shown, Visit, serve};
use crate::page::{self, Page};

use shown::{Line, line_of, matches};
pub(super) use shown::{profile_in_words, stored_in_words};

#[derive(Template)]
#[template(path = "admin/policy.html")]
struct Policy {
    page: Page,
    /// What was searched for.
    sought: String,
    /// Only what is not as shipped.
    changed_only: bool,
    /// Name of the chosen profile.
    profile: String,
    groups: Vec<Group>,
}

/// The settings of an area.
struct Group {
    name: &'static str,
    lines: Vec<Line>,
}

/// Adds the routes of this chapter.
pub(super) fn routes(router: Router) -> Router {
    router
        .route("/admin/policy", get(async |it: Request| serve(it, show).await))
        .route(
            "/admin/policy/compare",
            get(async |it: Request| serve(it, compare::show).await)
                .post(async |it: Request| serve(it, compare::choose).await),
        )
        .route(
            "/admin/policy/setting/{key}",
            get(async |it: Request| serve(it, setting::show).await)
                .post(async |it: Request| serve(it, setting::decide).await),
        )
}

/// `GET /admin/policy`
async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.officer_with(Permission::ReadPolicyHistory)?;
    let states = visit.tenant.policies.list(&cx).await?;
    let profile = visit.tenant.policies.profile(&cx).await?;
    let sought = visit.form.text("q").trim().to_owned();
    let changed_only = visit.form.has("changed");
    let wanted = |state: &&SettingState| {
        matches(state.setting, &sought) && (!changed_only || state.version.is_some())
    };
    let group = |area: Area| Group {
        name: visit.texts.of(area.text()),
        lines: states
            .iter()
            .filter(|state| state.setting.area == area)
            .filter(wanted)
            .map(|state| line_of(visit.texts, state, profile.unwrap_or(Profile::Standard)))
            .collect(),
    };
    let groups = Area::ALL.map(group).into_iter().filter(|group| !group.lines.is_empty());
    let groups = groups.collect();
    let page = Page::new(&visit, "policy-title");
    let profile = profile_in_words(visit.texts, profile);
    Ok(page::show(&Policy { page, sought, changed_only, profile, groups }))
}
