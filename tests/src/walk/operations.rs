//! How each operation of the contract is called, so that it would do what it is for.

use super::aims::{
    ACCOUNTS, ACCOUNTS_OR_NOBODY, ACCOUNTS_OR_ZOO, Aim, CONVERSATIONS, CONVERSATIONS_OR_NOBODY, FAMILIES, NOBODY,
    NOTHING,
};
use serde_json::{Value, json};

/// The password of every principal.
pub(super) const PASSWORD: &str = "a password of ten";
/// An animal that nobody talks with.
const ANIMAL: &str = "macaw_001";

/// How an operation is called, and whom it may concern.
pub(super) struct Operation {
    /// Its `operationId`.
    pub(super) id: &'static str,
    /// The columns of its table.
    pub(super) aims: &'static [Aim],
    /// Whether a call takes away what the next one would need: each then has a conversation of its own.
    pub(super) is_destructive: bool,
    pub(super) call: fn(&Ask<'_>) -> Call,
}

/// What a call may name.
pub(super) struct Ask<'a> {
    pub(super) aim: Aim,
    pub(super) email: &'a str,
    /// Of two sign-ins of the caller's.
    pub(super) refresh_tokens: &'a [String; 2],
    /// The account, the conversation and the turn that are aimed at.
    pub(super) user: &'a str,
    /// The family of that account.
    pub(super) family: &'a str,
    pub(super) session: &'a str,
    pub(super) turn: &'a str,
    /// Another one with each call.
    pub(super) number: usize,
}

/// A call's parts; method and path are the contract's.
#[derive(Default)]
pub(super) struct Call {
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Call {
    fn path(mut self, name: &'static str, value: &str) -> Self {
        self.path.push((name, value.to_owned()));
        self
    }

    fn query(mut self, name: &'static str, value: &str) -> Self {
        self.query.push((name, value.to_owned()));
        self
    }

    fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// An operation that leaves what it is about as it was, or so that the next call meets the same.
const fn op(id: &'static str, aims: &'static [Aim], call: fn(&Ask<'_>) -> Call) -> Operation {
    Operation { id, aims, is_destructive: false, call }
}

/// An operation whose call is the same for everybody.
const fn plain(id: &'static str) -> Operation {
    op(id, NOBODY, |_| Call::default())
}

/// Every operation. One of the contract that is not here fails the walk.
pub(super) const OPERATIONS: &[Operation] = &[
    op("signIn", NOBODY, |ask| Call::default().body(json!({ "email": ask.email, "password": PASSWORD }))),
    op("refreshSignIn", NOBODY, |ask| Call::default().body(json!({ "refreshToken": ask.refresh_tokens[0] }))),
    op("signOut", NOBODY, |ask| Call::default().body(json!({ "refreshToken": ask.refresh_tokens[1] }))),
    op("changePassword", NOBODY, |_| {
        Call::default().body(json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD }))
    }),
    op("requestPasswordReset", NOBODY, |ask| Call::default().body(json!({ "email": ask.email }))),
    // Of the links in letters only their readers know.
    op("confirmPasswordReset", NOBODY, |_| {
        Call::default().body(json!({ "token": "of no letter", "newPassword": PASSWORD }))
    }),
    plain("getAuthOptions"),
    plain("getMe"),
    plain("listUsers"),
    op("createUser", NOBODY, |ask| {
        let email = format!("new{}@test.cmz.org", ask.number);
        Call::default().body(json!({ "email": email, "displayName": "New", "role": "user", "password": PASSWORD }))
    }),
    op("changeUser", ACCOUNTS, |ask| Call::default().path("userId", ask.user).body(json!({ "status": "active" }))),
    plain("getSigningKeys"),
    plain("healthAuth"),
    plain("listAnimals"),
    op("getAnimalConfig", NOBODY, |_| Call::default().query("animalId", ANIMAL)),
    op("changeAnimalConfig", NOBODY, |_| {
        Call::default().query("animalId", ANIMAL).body(json!({ "chatConfig": { "temperature": 0.5 } }))
    }),
    plain("healthAnimals"),
    op("takeTurn", CONVERSATIONS_OR_NOBODY, turn),
    op("getUsage", ACCOUNTS_OR_ZOO, |ask| match ask.aim {
        Aim::Nobody => Call::default(),
        Aim::Zoo => Call::default().query("scope", "zoo"),
        _ => Call::default().query("userId", ask.user),
    }),
    plain("healthConvoTurn"),
    op("streamTurn", CONVERSATIONS_OR_NOBODY, turn),
    op("resumeTurn", CONVERSATIONS, |ask| Call::default().path("turnId", ask.turn)),
    op("cancelTurn", CONVERSATIONS, |ask| Call::default().path("turnId", ask.turn)),
    plain("healthConvoStream"),
    op("listSessions", ACCOUNTS_OR_NOBODY, |ask| match ask.aim {
        // All on one page, whatever else went on.
        Aim::Nobody => Call::default().query("limit", "100"),
        _ => Call::default().query("userId", ask.user),
    }),
    plain("healthSessions"),
    op("getHistory", CONVERSATIONS, |ask| Call::default().path("sessionId", ask.session)),
    Operation {
        id: "deleteSession",
        aims: CONVERSATIONS,
        is_destructive: true,
        call: |ask| Call::default().path("sessionId", ask.session),
    },
    op("shareHistory", CONVERSATIONS, |ask| {
        Call::default().path("sessionId", ask.session).body(json!({ "expiresIn": 3600 }))
    }),
    op("revokeShares", CONVERSATIONS, |ask| Call::default().path("sessionId", ask.session)),
    op("exportHistory", CONVERSATIONS, |ask| Call::default().path("sessionId", ask.session).query("format", "txt")),
    op("getConvoHistory", CONVERSATIONS, |ask| Call::default().query("sessionId", ask.session)),
    plain("healthExports"),
    plain("healthHistory"),
    plain("listFamilies"),
    op("createFamily", NOTHING, |ask| Call::default().body(json!({ "guardianId": ask.user }))),
    op("getFamily", FAMILIES, |ask| Call::default().path("familyId", ask.family)),
    // Families that are there would not be the same to the next call.
    op("changeFamily", NOTHING, |ask| {
        Call::default().path("familyId", ask.family).body(json!({ "releaseChildren": [] }))
    }),
    op("endFamily", NOTHING, |ask| Call::default().path("familyId", ask.family)),
    op("addChild", FAMILIES, |ask| {
        let child = json!({ "displayName": "New", "username": format!("new{}", ask.number), "password": "short" });
        Call::default().path("familyId", ask.family).body(child)
    }),
    op("getControls", FAMILIES, |ask| Call::default().path("familyId", ask.family).path("userId", ask.user)),
    op("setControls", FAMILIES, |ask| {
        Call::default().path("familyId", ask.family).path("userId", ask.user).body(json!({ "paused": false }))
    }),
    op("getInsights", FAMILIES, |ask| Call::default().path("familyId", ask.family)),
    plain("listInvitations"),
    op("invite", NOBODY, |ask| {
        let username = format!("nobody{}", ask.number);
        Call::default().body(json!({ "username": username, "kind": "child" }))
    }),
    op("withdrawInvitation", NOTHING, |ask| Call::default().path("invitationId", ask.user)),
    op("acceptInvitation", NOTHING, |ask| Call::default().path("invitationId", ask.user)),
    op("declineInvitation", NOTHING, |ask| Call::default().path("invitationId", ask.user)),
    plain("healthFamily"),
    plain("getNotice"),
    op("getConsent", ACCOUNTS, |ask| Call::default().path("childId", ask.user)),
    // Of no notice there is: what was agreed to stays as it is.
    op("changeConsent", ACCOUNTS, |ask| {
        let scopes = json!({ "collect": true, "third_party": true, "sharing": true });
        let body = json!({ "scopes": scopes, "method": "payment", "noticeVersion": "of no notice" });
        Call::default().path("childId", ask.user).body(body)
    }),
    op("exportData", ACCOUNTS, |ask| Call::default().path("userId", ask.user)),
    // What is erased would not be there for the next call.
    op("eraseConversations", ACCOUNTS, |ask| {
        Call::default().path("userId", ask.user).body(json!({ "reason": "The walk asks", "confirm": false }))
    }),
    op("eraseAccount", ACCOUNTS, |ask| {
        Call::default().path("userId", ask.user).body(json!({ "reason": "The walk asks", "confirm": false }))
    }),
    op("listErasures", ACCOUNTS, |ask| Call::default().path("userId", ask.user)),
    op("getReceipt", NOTHING, |ask| Call::default().path("receiptId", ask.user)),
    op("withdrawErasure", NOTHING, |ask| Call::default().path("receiptId", ask.user)),
    plain("healthPrivacy"),
    op("listAuditEntries", ACCOUNTS_OR_NOBODY, |ask| match ask.aim {
        Aim::Nobody => Call::default(),
        _ => Call::default().query("targetUserId", ask.user),
    }),
    plain("verifyAudit"),
    plain("listAlerts"),
    plain("healthAudit"),
];

/// A question, in a conversation where one is aimed at.
fn turn(ask: &Ask<'_>) -> Call {
    let mut body = json!({ "animalId": "lion_001", "message": "Hello Leo!" });
    if ask.aim != Aim::Nobody {
        body["sessionId"] = json!(ask.session);
    }
    Call::default().body(body)
}
