//! Giving and taking roles.

use kontor_core::{Actor, Cx, Kind, Permission, Role, Roles, Session};
use kontor_identity::{NewUser, PasswordReset, RoleChange};
use kontor_testdb::for_each_backend;
use ruma::OwnedUserId;

use crate::company::{Company, code, secret};

/// What made an administrator before there were roles.
static MAKE: kontor_db::Sql = kontor_db::Sql::new(
    "test.admin",
    "UPDATE account SET admin = TRUE WHERE tenant_id = $1 AND user_id = $2",
);

fn change(user: &OwnedUserId, role: Role, held: bool) -> RoleChange {
    RoleChange { user_id: user.clone(), role, held, reason: "Bestellung vom 3. Mai".to_owned() }
}

impl Company {
    /// Somebody with a role, given by the operator, and their session.
    async fn appoint(&self, name: &str, role: Role) -> Cx {
        let user = self.hire(name).await;
        let given =
            self.identity.change_role(&self.operator(), change(&user, role, true), None).await;
        assert!(given.unwrap());
        self.on_device(name, "PHONE").await
    }
}

#[test]
fn a_role_holds_at_once_on_open_sessions_and_goes_at_once() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let anna = company.hire("anna").await;
        let signed_in = company.login("anna", crate::company::device("PHONE")).await.unwrap();
        let may = async |permission| {
            let cx = company.as_holder(&signed_in.access_token).await.unwrap();
            cx.require(permission).is_ok()
        };
        assert!(!may(Permission::ReadAudit).await);
        let operator = company.operator();
        let grant = change(&anna, Role::Auditor, true);
        assert!(company.identity.change_role(&operator, grant.clone(), None).await.unwrap());
        assert!(
            !company.identity.change_role(&operator, grant, None).await.unwrap(),
            "held already"
        );
        assert!(may(Permission::ReadAudit).await);
        let held = company.identity.list_roles(&operator, String::new(), 10).await.unwrap();
        assert_eq!(held[0].granted_by, "operator");
        assert_eq!(held[0].reason, "Bestellung vom 3. Mai");
        let revoke = change(&anna, Role::Auditor, false);
        assert!(company.identity.change_role(&operator, revoke, None).await.unwrap());
        assert!(!may(Permission::ReadAudit).await);
    });
}

#[test]
fn forbidden_pairs_are_refused_and_nothing_is_stored() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let operator = company.operator();
        let pairs = [
            (Role::TechAdmin, Role::Auditor),
            (Role::Auditor, Role::TechAdmin),
            (Role::TechAdmin, Role::Compliance),
            (Role::Dsb, Role::OrgAdmin),
            (Role::Guest, Role::OrgAdmin),
            (Role::Betriebsrat, Role::Guest),
        ];
        for (number, (one, other)) in pairs.into_iter().enumerate() {
            let user = company.hire(&format!("person{number}")).await;
            company.identity.change_role(&operator, change(&user, one, true), None).await.unwrap();
            let second = change(&user, other, true);
            let error = company.identity.change_role(&operator, second, None).await.unwrap_err();
            assert_eq!(error.kind, Kind::Conflict, "{one} and {other}");
            assert_eq!(code(&error), Some("APP_KONTOR_FORBIDDEN_ROLES"));
            let held = company.identity.roles_of(&operator, user).await.unwrap();
            assert_eq!(held.without(Role::User), Roles::of(&[one]));
        }
    });
}

#[test]
fn one_person_gives_no_role_that_decides_on_others_and_none_to_themselves() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let chief = company.appoint("chief", Role::OrgAdmin).await;
        let ben = company.hire("ben").await;
        for role in Role::ALL.into_iter().filter(|role| role.needs_four_eyes()) {
            for held in [true, false] {
                let wish = change(&ben, role, held);
                let error = company.identity.change_role(&chief, wish, None).await.unwrap_err();
                assert_eq!(code(&error), Some("APP_KONTOR_FOUR_EYES"), "{role}");
            }
        }
        let own = change(&chief.user().unwrap().to_owned(), Role::TechAdmin, true);
        let error = company.identity.change_role(&chief, own, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::Forbidden);
        let tech = change(&ben, Role::TechAdmin, true);
        let asked = company.identity.change_role(&chief, tech.clone(), None).await.unwrap_err();
        assert!(crate::company::field(&asked, "flows").is_array(), "who asks must show it again");
        let recent = Session { authenticated: Some(chief.now), ..chief.session().unwrap().clone() };
        let chief = chief.acting_as(Actor::User(recent.into()));
        assert!(company.identity.change_role(&chief, tech.clone(), None).await.unwrap());
        company.pass(std::time::Duration::from_mins(5));
        let late = Cx { now: company.clock.now(), ..chief };
        let error = company.identity.change_role(&late, tech, None).await.unwrap_err();
        assert_eq!(code(&error), Some("APP_KONTOR_STEP_UP"));
        for role in
            Role::ALL.into_iter().filter(|role| !matches!(role, Role::OrgAdmin | Role::User))
        {
            let other = company.appoint(&format!("a{}", role.as_str()), role).await;
            for target in [Role::OrgAdmin, Role::TechAdmin, Role::Guest] {
                let wish = change(&ben, target, true);
                let error = company.identity.change_role(&other, wish, None).await.unwrap_err();
                assert_eq!(error.kind, Kind::Forbidden, "{role} gives {target}");
            }
        }
    });
}

#[test]
fn the_last_org_admin_stays_and_a_closed_account_holds_nothing() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let operator = company.operator();
        let (one, two) = (company.hire("one").await, company.hire("two").await);
        for user in [&one, &two] {
            let grant = change(user, Role::OrgAdmin, true);
            company.identity.change_role(&operator, grant, None).await.unwrap();
        }
        company.identity.deactivate(&operator, one.clone()).await.unwrap();
        assert_eq!(company.identity.roles_of(&operator, one.clone()).await.unwrap(), Roles::USER);
        let last = change(&two, Role::OrgAdmin, false);
        let error = company.identity.change_role(&operator, last, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::Conflict);
        let closed = change(&one, Role::Auditor, true);
        let error = company.identity.change_role(&operator, closed, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound);
        for reason in ["", "  ", &"x".repeat(1001)] {
            let silent = RoleChange { reason: reason.to_owned(), ..change(&two, Role::Dsb, true) };
            let error = company.identity.change_role(&operator, silent, None).await.unwrap_err();
            assert_eq!(error.kind, Kind::Invalid);
        }
        let user = change(&two, Role::User, false);
        let error = company.identity.change_role(&operator, user, None).await.unwrap_err();
        assert_eq!(error.kind, Kind::Invalid);
    });
}

#[test]
fn an_administrator_takes_over_no_account_that_may_do_more() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let chief = company.appoint("chief", Role::OrgAdmin).await;
        let dsb = company.appoint("dsb", Role::Dsb).await.user().unwrap().to_owned();
        let ben = company.hire("ben").await;
        let reset = |user: &OwnedUserId| PasswordReset {
            user_id: user.clone(),
            password: secret("quite another horse"),
            sign_out: true,
        };
        let error = company.identity.reset_password(&chief, reset(&dsb)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Forbidden);
        let error = company.identity.deactivate(&chief, dsb).await.unwrap_err();
        assert_eq!(error.kind, Kind::Forbidden);
        company.identity.reset_password(&chief, reset(&ben)).await.unwrap();
        let made = NewUser { roles: Roles::of(&[Role::Dsb]), ..NewUser::default() };
        let error = company.identity.create_user(&chief, made).await.unwrap_err();
        assert_eq!(error.kind, Kind::Forbidden);
        company.identity.deactivate(&chief, ben).await.unwrap();
    });
}

#[test]
fn administrators_from_before_there_were_roles_keep_their_powers() {
    for_each_backend(async |backend| {
        let company = Company::lab(&backend).await;
        let anna = company.hire("anna").await;
        let (operator, user) = (company.operator(), anna.clone());
        company
            .db
            .write(&operator, move |tx| tx.execute(&MAKE, &[(&user).into()]).map(drop))
            .await
            .unwrap();
        for _ in 0..2 {
            company.identity.adopt_administrators(&operator).await.unwrap();
            let held = company.identity.roles_of(&operator, anna.clone()).await.unwrap();
            assert_eq!(held, Roles::ADMINISTRATOR.with(Role::User));
        }
    });
}
