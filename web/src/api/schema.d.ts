// Generated from openapi.yaml by `npm run api`; do not edit.

export interface paths {
    "/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a password
         * @description Answers a short-lived access token and a refresh token of a new family. An unknown account and a
         *     wrong password give the same 401 after the same work. From the fifth failure in a row on the next attempt
         *     under that name has to wait 1, 2, 4 … up to 900 seconds: until then the answer is 429 with `Retry-After`.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for a new pair
         * @description Each refresh token is good for one exchange; for ten seconds more it gives the same successor, so that two
         *     tabs do not sign each other out. Presenting one that was exchanged earlier revokes its
         *     whole family, so that a stolen copy ends the thief's sign-in together with the owner's.
         */
        post: operations["refreshSignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Revokes the family of a refresh token. A token that is unknown, or was revoked before, is answered alike.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one's own password
         * @description Ends all other sign-ins of the caller. A current password that is not right is 422 `invalid`; from the fifth
         *     such failure in a row on the next attempt has to wait as for signing in.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a link to set a new password
         * @description The link goes to the address of the account and is good once, for thirty minutes. An address that nobody
         *     has is answered alike, after the same time.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password/reset/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by a link
         * @description Ends all sign-ins of the account. A link that was used, is too old or never was is 422 `link_expired`.
         */
        post: operations["confirmPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ways in that this zoo offers */
        get: operations["getAuthOptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The caller */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The accounts, for administrators
         * @description Role by role, administrators first, the newest of each role first. An account made a moment ago may be missing.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Make an account
         * @description Without a password nobody can sign in with one until the person has set it by a link. A child has a
         *     `parentUserId`, the role `user`, and no guardian's consent yet.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Make an account disappear, with all that is its own
         * @description For whom and when as for `DELETE /privacy/conversations/{userId}`. With the conversations go name, sign-in name,
         *     password, sign-ins, links, invitations, counts and all keys; a mark is left that the id was one. 409
         *     `has_children` for a guardian whose children have no other yet, `last_administrator` for the only one. The
         *     receipt is in the answer, and can be read by its id. Who loses the answer to the erasure of their own account
         *     can sign in no more to ask for it.
         */
        delete: operations["eraseAccount"];
        options?: never;
        head?: never;
        /**
         * Change an account's role, switch it off or on
         * @description Switching off ends all sign-ins of the person, and access tokens already issued open nothing any more.
         *     Administrators neither switch themselves off nor take their own role away.
         */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys that access tokens are signed with
         * @description A JSON Web Key Set (RFC 7517). Keys leave it only after the last token they signed has expired.
         */
        get: operations["getSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the auth function answers */
        get: operations["healthAuth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/animal_list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The animals one can talk with
         * @description Open to everybody. The list is small and comes whole, ordered by `animalId`.
         */
        get: operations["listAnimals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/animal_config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How an animal speaks
         * @description For keepers and administrators. Read past every cache.
         */
        get: operations["getAnimalConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change how an animal speaks
         * @description For keepers and administrators. The body is a JSON merge patch (RFC 7396) of the document that `GET`
         *     answers: members that are named are replaced, `null` removes one, `"chatConfig": null` removes the whole
         *     configuration, and the animal then answers in a friendly default way. The configuration has to be a
         *     whole and valid one after the patch. Members that are not described here are passed over and never
         *     stored; keys of model providers belong into the deployment.
         *
         *     An `endpoint` is an `https` address (`http` on the server's own machine) at a host that the operator
         *     has listed, or 422 `endpoint_not_allowed`. With `If-Match` the change is made to that revision only, or 412
         *     `precondition_failed`; without it the last writer wins, member by member. All functions speak by the
         *     new configuration within a minute.
         */
        patch: operations["changeAnimalConfig"];
        trace?: never;
    };
    "/health/animals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the animals function answers */
        get: operations["healthAnimals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/convo_turn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say something to an animal and get its whole answer
         * @description Without `sessionId` the turn opens a session. A session nobody knows is 404, a foreign one 403, one
         *     with another animal 422. The question and the answer are stored before the answer is sent. If the model cannot
         *     be reached, the animal answers with a fallback in character and `finishReason` is `fallback`; if the
         *     model's provider limits us, the answer is 429 `rate_limited`.
         *
         *     A turn id that is known, with the same animal, message and session, asks nothing again: a running turn is joined and a
         *     finished one answered once more, for 24 hours, and neither counts against a limit. With another body it is
         *     422 `turn_reused`. A turn that failed before anything of its answer was kept is answered anew under the same
         *     id, and counts.
         *
         *     Whoever asks too often gets 429 `too_many_requests`. Whoever has used up the tokens of a day or month
         *     gets a kind answer in character instead of the model's, with `finishReason` `budget`.
         *
         *     Where `GET /auth/options` says so, it works without a token as well: nothing is then stored, so there
         *     is no session to continue and nothing to join; `history` may say what the visitor asked before.
         */
        post: operations["takeTurn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many questions were asked, and tokens used
         * @description Without parameters the caller's own, of today and of this month. With `userId` somebody else's and with
         *     `scope=zoo` everybody's together, day by day, both for administrators.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/convo-turn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the convo-turn function answers */
        get: operations["healthConvoTurn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/convo_turn/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say something to an animal and read its answer as it is spoken
         * @description The rules of `POST /convo_turn`, answered as server-sent events. What can be refused is refused with
         *     a problem document before the stream begins. A known turn id gives the turn's events from `id: 0` on, the
         *     same ones with the same ids. Once the stream has begun, the events are:
         *
         *     | event | data | how often |
         *     |---|---|---|
         *     | `start` | `TurnStart` | once, first, with `id: 0` |
         *     | `token` | `TurnToken`, whole words | any number, ids count up by one |
         *     | `complete` | `TurnComplete` | last, unless `error` is |
         *     | `error` | `TurnError` | last, unless `complete` is |
         *
         *     Exactly one terminal event, `complete` or `error`, ends every stream; the turn is stored before it
         *     is sent. The `content` of the tokens up to `lastId`, concatenated, is the stored message to the
         *     byte. After 10 seconds of silence a comment line (`: ping`) keeps the connection open. Because the
         *     request is a POST, a browser reads it with `fetch`, not with `EventSource`.
         *
         *     A connection that breaks takes nothing of the turn with it: `GET /convo_turn/stream/{turnId}` gives the rest.
         *     If whoever made the answer is gone, the next reader ends the turn with `error` and the code
         *     `upstream_unavailable`; its `lastId` may be lower than ids that a client has seen, and the
         *     client drops the tokens behind it.
         */
        post: operations["streamTurn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/convo_turn/stream/{turnId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read on in an answer
         * @description The events of one of the caller's own turns after the one that `Last-Event-ID` names, or all of them
         *     without it: those that were are replayed, those that come follow as they come. Any number of connections may
         *     read the same turn, from any server, for 24 hours. A turn that is not there any more, that never was, and one of
         *     somebody else's are all 404 `turn_expired`. Of a conversation without an account nothing is kept to read.
         */
        get: operations["resumeTurn"];
        put?: never;
        post?: never;
        /**
         * End an answer
         * @description The turn ends within two seconds, for all who read it, with `complete` and `finishReason` `cancelled`, and what was
         *     said until then is kept. Of a turn that has ended already nothing changes.
         */
        delete: operations["cancelTurn"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/convo-stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the convo-stream function answers */
        get: operations["healthConvoStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/family_list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Families
         * @description One's own, for children and parents; somebody without a family gets an empty list. Zookeepers and
         *     administrators get all, the newest guardians first, in pages. Names are there for a family's own people and
         *     for administrators, `email` and `controls` for its guardian and administrators. The list follows what is
         *     written with a short delay.
         */
        get: operations["listFamilies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/family": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an adult the guardian of a family
         * @description For administrators. The adult's account gets the role `parent`. Children who had another guardian leave that
         *     one; what that one agreed to and set is gone, and the new guardian has to agree anew. A `parent` has a family
         *     already: 409 `family_exists`.
         */
        post: operations["createFamily"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/family/{familyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The people of a family
         * @description For its own people, zookeepers (without names) and administrators.
         */
        get: operations["getFamily"];
        put?: never;
        post?: never;
        /**
         * End a family
         * @description For administrators. No account is deleted; the guardian's gets the role `user`. A family with children is 409
         *     `has_children`: they go to another family first (`PATCH` of that one), or are released as adults with
         *     `children=release`.
         */
        delete: operations["endFamily"];
        options?: never;
        head?: never;
        /**
         * Let children come into a family, or leave it
         * @description For administrators. A child who comes leaves the guardian it had; consent has to be given anew. A child who is
         *     released has no guardian any more: the account is an adult's from then on. All or nothing.
         */
        patch: operations["changeFamily"];
        trace?: never;
    };
    "/family/{familyId}/children": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an account for a child
         * @description For the guardian and administrators. The child signs in with the username, which is no email address.
         *     Consent is given separately: until then the child may not talk. A username that somebody has is 409
         *     `username_taken`.
         */
        post: operations["addChild"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/family/{familyId}/children/{userId}/controls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is set for a child
         * @description For the guardian and administrators.
         */
        get: operations["getControls"];
        /**
         * Pause a child's chats, and limit its questions
         * @description For the guardian and administrators. While paused, a question is 403 `chat_paused`, and an answer under way ends
         *     within a second with `error` `chat_paused`. The daily limit counts questions of a day (UTC); the zoo's own limits
         *     hold besides. One more is 429 `too_many_requests`.
         */
        put: operations["setControls"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/family/{familyId}/insights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much the children talked, when, with whom and about what
         * @description For the guardian; for zookeepers and administrators without topics, and for zookeepers without names. Days are
         *     of UTC. Counted are messages that were sent while this guardian was the child's, and that are still kept.
         *     Topics are the animals' fact cards that the newest 200 questions match, from 40 sessions at most.
         */
        get: operations["getInsights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own invitations
         * @description For parents and for adults without a family: those they got and those they made, the newest first.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite somebody to be family
         * @description A parent invites somebody to be their child (`child`), a user somebody to be their guardian (`guardian`). The
         *     answer is the same whether anybody has the name or not. Who has it gets a letter at their own address, and finds
         *     the invitation after signing in. After 14 days it is over, and the name in it forgotten.
         */
        post: operations["invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/{invitationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: operations["withdrawInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/{invitationId}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Become family
         * @description For whoever is invited; to anybody else the invitation is 404. The child may not talk until its guardian has
         *     given consent. 422 where one of the two has become something that does not fit.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/invitations/{invitationId}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not become family */
        post: operations["declineInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/family": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the family function answers */
        get: operations["healthFamily"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/notice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the zoo tells parents before they agree
         * @description The direct notice of 16 CFR 312.4, in plain text. Its version changes with every word of it, and with the days
         *     that the zoo keeps conversations; consent under another version counts for nothing.
         */
        get: operations["getNotice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/consent/{childId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a child's guardian agrees to
         * @description For the guardian, the child itself and administrators. 404 where the account is no child's. The scopes are what
         *     holds. The history is what guardians said, and its latest change need not be what holds: joining a family and
         *     another guardian end consent, and are no change of the history.
         */
        get: operations["getConsent"];
        /**
         * Agree for a child, or take it back
         * @description For the child's guardian alone. All three scopes are named. Agreeing needs `method` and the version of the notice
         *     that holds now; taking everything back needs neither, but a `noticeVersion` that is named has to be that one.
         *     Otherwise 422. It holds from the next request on, and an answer under way ends within two seconds with `error`
         *     `consent_required`; links to the child's conversations open nothing without `sharing`. What is stored stays until
         *     it is deleted or its time is over. Each change is kept, and written into the audit trail (`consent_changed`); of
         *     two at once both are kept and the later holds.
         */
        put: operations["changeConsent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/export/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * All that is kept of somebody
         * @description For the person, a child's guardian, and administrators, who for a child say why in `X-Access-Reason`; without it
         *     428. Account, family, consent and its changes, and every conversation there is, the oldest first. Who looked at
         *     them is in `GET /audit`, what is left of the limits in `GET /usage`, open invitations in `GET /invitations`.
         *
         *     The file is made for this request and lies nowhere. It has at most 64,000,000 bytes, more than anybody can say
         *     within the limits; what would be larger is 413 `export_too_large`.
         */
        post: operations["exportData"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/conversations/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Make all of somebody's conversations disappear
         * @description For the person (of a child the guardian has to confirm it), a child's guardian, and administrators, who for a
         *     child say why in `X-Access-Reason` too. An adult's are erased at once, and a child's after days of grace
         *     (`destroyAt`), in which everything stays as it is and `DELETE /privacy/receipts/{receiptId}` takes it back;
         *     with `immediate`, also later while it is pending, at once. A child's own wish waits for the guardian
         *     (`status` `asked`), who confirms it by the same request.
         *
         *     From the moment it begins nobody reads anything of it (410 `erased`) and no turn is stored in it. Keys are
         *     destroyed first, then what they sealed is deleted. What is said afterwards is kept as ever. The same wish
         *     twice is one. What is not done within the time of the request goes on (202 `running`); the same request
         *     then waits for its end, and erases what was said since as well, with a receipt of its own. The reason is sealed
         *     and stands in the audit trail only.
         */
        delete: operations["eraseConversations"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/erasures/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which wishes that something of somebody be erased are open
         * @description For whom it concerns, their guardian and administrators. At most two, one of conversations and one of the
         *     account, until they are completed.
         */
        get: operations["listErasures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/privacy/receipts/{receiptId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a wish that something be erased
         * @description For whom it concerns, their guardian and administrators. Of an account that is gone or on its way its
         *     `receiptId` is enough, without a token: whose it was cannot sign in any more, and nobody else was told it.
         *     `receipt` is a compact JSON Web Signature (ES256, `typ` `menagerie-erasure+jwt`) that anybody can verify with
         *     `GET /.well-known/jwks.json`; its claims are `ReceiptClaims`.
         */
        get: operations["getReceipt"];
        put?: never;
        post?: never;
        /**
         * Take back a wish that something be erased
         * @description For whoever may ask for it; a child takes back what nobody has confirmed. Once it has begun 409
         *     `erasure_begun`.
         */
        delete: operations["withdrawErasure"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/privacy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the privacy function answers */
        get: operations["healthPrivacy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions, the latest first, sorted, or those in which something was said
         * @description Without `userId` all sessions that the caller may see: one's own, a parent's children's as well, and for
         *     staff everybody's. Rows of oneself and one's children carry the first and the last message, the name and
         *     whether they are `unread`; others carry no text. A page that is filtered or searched may have fewer rows
         *     than `limit`, or none, although more follow: `hasMore` says so. The list follows what is written with a
         *     short delay. The `ETag` stands for everything but `nextToken`, which is another text each time and means
         *     the same place.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the sessions function answers */
        get: operations["healthSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who saw what, the latest first
         * @description Administrators see all entries, and that they looked is an entry too. Everybody else sees those about their
         *     own conversations and their children's: of members of staff what they are (`by`, `role`) and not who, of
         *     devices only those they used themselves. Asking for somebody outside of the family is 403.
         *
         *     Messages that turns store are many, and no news: they are listed where `sessionId` is given or `eventType`
         *     is `conversation_changed` or `conversation_expired`. A page may have fewer entries than `limit`, and none,
         *     although more follow. The list follows what is written with a short delay.
         */
        get: operations["listAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the audit trail is whole
         * @description For administrators. Links what is not linked yet, then walks along the chain of what was linked between the
         *     two dates, compares every entry with its digest, and every signed checkpoint with its block. `until` is the
         *     boundary: everything linked up to then is signed, and of anything later nothing is said. After 18 seconds,
         *     or after `maxBlocks`, it stops: then `nextAfterBlock` is there, what is said is of the blocks so far, and
         *     the same with `afterBlock` goes on. The trail is whole where every part is verified.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What gave alarm, the latest first
         * @description For zookeepers and administrators. Repeats of one kind by one person within an hour are one alert with a
         *     count. What members of staff gave alarm of is shown to administrators only, so that a page may have fewer
         *     alerts than `limit` although more follow.
         */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the audit function answers */
        get: operations["healthAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/history/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The messages of one session, oldest first
         * @description For the owner of the session, the owner's guardian, and staff. Staff who open a child's session say why
         *     in `X-Access-Reason`; without it 428. A session that exists but is not the caller's to see is 403, one
         *     that does not exist or has expired is 404. Anybody else who is signed in, visitors apart, reads it with
         *     the secret of a link in `X-Share`, on each page. The statistics count the whole session, whichever page is
         *     asked for.
         */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        /**
         * Makes a session disappear
         * @description For administrators, the owner's guardian and an owner who is no child. The session's key is destroyed, so
         *     that copies of its text elsewhere are dead. A child's wish is marked, and the guardian confirms it by
         *     deleting the session.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/history/{sessionId}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a link by which others read a session
         * @description For an owner who is no child, and for the guardian of a child who has agreed to `sharing`; without that
         *     403 `consent_required`. Whoever follows the link signs in, and reads the session until the link ends, is
         *     revoked or the session is gone; withdrawn consent and a closed account of the owner's or the maker's end
         *     it at once. The secret is told here and never again.
         */
        post: operations["shareHistory"];
        /**
         * Revokes all links to a session
         * @description For whom `POST` is as well, also without consent. Where there is no link, nothing happens.
         */
        delete: operations["revokeShares"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversations/history/{sessionId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A whole session as a file
         * @description For the owner of the session, the owner's guardian, and administrators; not for zookeepers, but of their
         *     own. Administrators who export a child's session say why in `X-Access-Reason`; without it 428. All messages
         *     are in it, oldest first, with names, times (UTC) and statistics. Reading, a session that does not exist and
         *     one that is somebody else's are as for `GET /conversations/history/{sessionId}`.
         *
         *     A file has at most 6,000,000 bytes. What would be larger is 413 `export_too_large`, before any of it is
         *     sent; `txt` is the smallest form.
         */
        get: operations["exportHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/convo_history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A session in the shape of the first system
         * @description The first 500 messages of a session, for whom `GET /conversations/history/{sessionId}` is as well. Where
         *     `userId` or `animalId` is given and the session is not theirs, 404.
         */
        get: operations["getConvoHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the exports function answers */
        get: operations["healthExports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the history function answers */
        get: operations["healthHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Opaque. New ones are UUIDs of version 7. */
        Id: string;
        NewShare: {
            /**
             * @description How long the link is good, in seconds; never longer than the session is kept.
             * @default 604800
             */
            expiresIn: number;
        };
        Share: {
            shareId: components["schemas"]["Id"];
            /**
             * Format: uri-reference
             * @description Where the web app shows the session; relative where the deployment names no one origin. The secret
             *     stands in the fragment, which no browser sends.
             * @example https://chat.example/history/0190f3a1-7b2c-7def-8123-456789abcdef#share=…
             */
            link: string;
            expiresAt: components["schemas"]["Timestamp"];
        };
        /** @example lion_001 */
        AnimalId: string;
        /**
         * Format: date-time
         * @example 2026-01-15T10:00:00.000Z
         */
        Timestamp: string;
        /**
         * Format: date
         * @description A day in UTC.
         * @example 2026-01-15
         */
        Date: string;
        /**
         * @description Why the answer ended where it ends: the model was done (`stop`) or came to its longest length (`length`); the
         *     visitor ended it (`cancelled`); it broke off (`interrupted`); a rule of safety stood in for it (`safety`); the
         *     visitor's tokens are used up (`budget`); the animal spoke for itself (`fallback`).
         * @enum {string}
         */
        FinishReason: "stop" | "length" | "cancelled" | "interrupted" | "safety" | "budget" | "fallback";
        /** @enum {string} */
        SafetyAction: "allow" | "soften" | "mask" | "block" | "escalate";
        Safety: {
            action: components["schemas"]["SafetyAction"];
        };
        /** @description RFC 9457, with a stable `code` for programs and an `error` for old clients. */
        Problem: {
            /**
             * Format: uri-reference
             * @example urn:menagerie:problem:not_found
             */
            type: string;
            /** @description The same for every problem of this `code`. */
            title: string;
            status: number;
            /** @description What happened here. Safe to show. */
            detail: string;
            /**
             * @example upstream_unavailable
             * @example too_many_requests
             * @example turn_expired
             */
            code: string;
            /** @description The text of `detail`. */
            error: string;
            /** @description Whether it may succeed later: the same request where nothing was stored, else a new turn. */
            retryable?: boolean;
        };
        Health: {
            /** @constant */
            status: "ok";
            /** @example 0.1.0 */
            version: string;
        };
        SignInRequest: {
            /** @description The e-mail address under its older name. */
            username?: string;
            email?: string;
            password: string;
        } | unknown | unknown;
        RefreshRequest: {
            refreshToken: string;
        };
        SignedIn: {
            /** @description The access token. */
            token: string;
            /** @description Good for one exchange. */
            refreshToken: string;
            /** @description Seconds the access token lives. */
            expiresIn: number;
            user: components["schemas"]["User"];
        };
        PasswordChange: {
            currentPassword: string;
            newPassword: string;
        };
        PasswordReset: {
            /** @description What the link carries. */
            token: string;
            newPassword: string;
        };
        AuthOptions: {
            /** @description Whether one may talk without an account. */
            visitors: boolean;
        };
        User: {
            userId: components["schemas"]["Id"];
            email: string;
            displayName: string;
            role: components["schemas"]["Role"];
            /** @description Present on a child's account. */
            parentUserId?: components["schemas"]["Id"];
        };
        /** @enum {string} */
        Role: "visitor" | "user" | "parent" | "zookeeper" | "administrator";
        Account: {
            userId: components["schemas"]["Id"];
            /** @description Absent where the account was erased. */
            displayName?: string;
            /** @description Absent where the account was erased. */
            email?: string;
            role: components["schemas"]["Role"];
            /** @enum {string} */
            status: "active" | "disabled" | "erased";
            /** @description Present on a child's account. */
            parentUserId?: components["schemas"]["Id"];
            createdAt: components["schemas"]["Timestamp"];
        };
        AccountPage: {
            users: components["schemas"]["Account"][];
            pagination: components["schemas"]["Pagination"];
        };
        NewAccount: {
            email: string;
            displayName: string;
            role: components["schemas"]["Role"];
            password?: string;
            /** @description The guardian, for a child; only with the role `user`. */
            parentUserId?: components["schemas"]["Id"];
        };
        AccountChange: {
            role?: components["schemas"]["Role"];
            /** @enum {string} */
            status?: "active" | "disabled";
        };
        JwkSet: {
            keys: components["schemas"]["Jwk"][];
        };
        Jwk: {
            /** @constant */
            kty: "EC";
            /** @constant */
            crv: "P-256";
            x: string;
            y: string;
            kid: string;
            /** @constant */
            use: "sig";
            /** @constant */
            alg: "ES256";
        };
        Animal: {
            animalId: components["schemas"]["AnimalId"];
            /** @example Leo the Lion */
            name: string;
            /** @example Lion */
            species: string;
            /** @example Panthera leo */
            scientificName: string;
            /**
             * Format: uri-reference
             * @example /animals/lion_001.svg
             */
            avatar: string;
            greeting: string;
            suggestedQuestions: string[];
            facts: components["schemas"]["Fact"][];
        };
        Fact: {
            id: string;
            text: string;
            source: {
                title: string;
                /** Format: uri */
                url: string;
            };
        };
        AnimalConfig: {
            animalId: components["schemas"]["AnimalId"];
            /** @description `null` where the animal has none. */
            chatConfig: components["schemas"]["ChatConfig"] | null;
        };
        ChatConfig: {
            /**
             * Format: uri
             * @description Its own chat-completions address; absent where it uses the zoo's.
             */
            endpoint?: string;
            /** @description Its own model; absent where it uses the zoo's. */
            model?: string;
            /** @description Who it is and how it talks. */
            systemPrompt: string;
            /** @description How freely it chooses its words. */
            temperature: number;
            /** @description The longest answer */
            maxTokens: number;
            personality: {
                traits: components["schemas"]["Entries"];
                knowledge: components["schemas"]["Entries"];
            };
        };
        Entries: string[];
        /** @description A merge patch; every member may be absent, and `null` removes one. */
        AnimalConfigPatch: {
            chatConfig?: {
                endpoint?: string | null;
                model?: string | null;
                systemPrompt?: string;
                temperature?: number;
                maxTokens?: number;
                personality?: {
                    traits?: string[] | null;
                    knowledge?: string[] | null;
                } | null;
            } | null;
        };
        TurnRequest: {
            animalId: components["schemas"]["AnimalId"];
            /** @description 1 to 1,000 Unicode scalar values after white space at both ends is taken off. */
            message: string;
            /** @description The session to continue. */
            sessionId?: components["schemas"]["Id"];
            /**
             * Format: uuid
             * @description The client's own id for this turn, unique per user; the same id asks for the same turn. Without one
             *     the server picks one.
             */
            turnId?: string;
            /**
             * @description What the visitor asked before, oldest first. Only without an account, of which the server keeps nothing;
             *     with one it is passed over.
             */
            history?: string[];
        };
        TurnReply: {
            reply: string;
            sessionId: components["schemas"]["Id"];
            turnId: components["schemas"]["Id"];
            /** @description Of the answer. */
            messageId: components["schemas"]["Id"];
            timestamp: components["schemas"]["Timestamp"];
            finishReason: components["schemas"]["FinishReason"];
            metadata: {
                /** @description Absent where no model answered. */
                model: string;
                tokensUsed: number;
                latencyMs: number;
                safety: components["schemas"]["Safety"];
            };
            /** @description The same facts under the names that older clients read. */
            turn: {
                convoTurnId: components["schemas"]["Id"];
                timestamp: components["schemas"]["Timestamp"];
                tokensPrompt: number;
                tokensCompletion: number;
                latencyMs: number;
            };
        };
        /** @description Data of the event `start`. */
        TurnStart: {
            turnId: components["schemas"]["Id"];
            sessionId: components["schemas"]["Id"];
            /** @description Of the answer that follows. */
            messageId: components["schemas"]["Id"];
            animalId: components["schemas"]["AnimalId"];
        };
        /** @description Data of the event `token`. */
        TurnToken: {
            /** @description One or more whole words with the space around them. */
            content: string;
        };
        /** @description Data of the event `complete`. */
        TurnComplete: {
            messageId: components["schemas"]["Id"];
            sessionId: components["schemas"]["Id"];
            finishReason: components["schemas"]["FinishReason"];
            /** @description The id of the last `token` that belongs to the stored message; 0 without any. */
            lastId: number;
            tokensUsed: number;
            latencyMs: number;
            safety: components["schemas"]["Safety"];
        };
        /** @description Data of the event `error`; a problem, and how much of the answer was stored. */
        TurnError: components["schemas"]["Problem"] & {
            /** @description The id of the last `token` that belongs to the stored message, 0 without any; a client drops later ones. */
            lastId: number;
        };
        FamilyPage: {
            families: components["schemas"]["Family"][];
            pagination: components["schemas"]["Pagination"];
        };
        Family: {
            familyId: components["schemas"]["Id"];
            /** @description The guardian first, then the children by age of their accounts. */
            members: components["schemas"]["FamilyMember"][];
            counts: {
                guardians: number;
                children: number;
            };
        };
        FamilyMember: {
            userId: components["schemas"]["Id"];
            /** @enum {string} */
            role: "guardian" | "child";
            /** @enum {string} */
            status: "active" | "disabled" | "erased";
            /** @description For the family's own people and administrators. */
            displayName?: string;
            /** @description What one signs in with; for the guardian and administrators. */
            email?: string;
            controls?: components["schemas"]["Controls"];
        };
        NewFamily: {
            guardianId: components["schemas"]["Id"];
            children?: components["schemas"]["Id"][];
        };
        FamilyChange: {
            addChildren?: components["schemas"]["Id"][];
            /** @description They are adults from then on. */
            releaseChildren?: components["schemas"]["Id"][];
        };
        NewChild: {
            displayName: string;
            /** @description Letters, digits, dots, hyphens and underscores. */
            username: string;
            password: string;
        };
        Controls: {
            paused: boolean;
            /** @description Questions that the child may ask in a day; without one the zoo's limit holds. */
            dailyLimit?: number | null;
        };
        /** @description What a guardian agrees to. Nothing else is agreed to without `collect`; talking needs `third_party` as well. */
        ConsentScopes: {
            /** @description Keeping the child's conversations. */
            collect: boolean;
            /** @description Sending the child's questions to the provider of the model. */
            third_party: boolean;
            /** @description Showing the child's conversations to others by link. */
            sharing: boolean;
        };
        /**
         * @description How it was made sure that the guardian says it, by 16 CFR 312.5(b)(2). `email_plus` and `text_plus` are not enough for `sharing`.
         * @enum {string}
         */
        ConsentMethod: "signed_form" | "payment" | "phone_call" | "video_call" | "government_id" | "knowledge_questions" | "photo_id_match" | "email_plus" | "text_plus";
        /** @description A version of the notice to parents. To clients it says nothing. */
        NoticeVersion: string;
        Notice: {
            version: components["schemas"]["NoticeVersion"];
            title: string;
            sections: {
                heading: string;
                paragraphs: string[];
            }[];
        };
        ConsentWish: {
            scopes: components["schemas"]["ConsentScopes"];
            method?: components["schemas"]["ConsentMethod"];
            noticeVersion?: components["schemas"]["NoticeVersion"];
        };
        Consent: {
            childId: components["schemas"]["Id"];
            scopes: components["schemas"]["ConsentScopes"];
            method: components["schemas"]["ConsentMethod"] | null;
            noticeVersion: components["schemas"]["NoticeVersion"] | null;
            /** Format: date-time */
            changedAt: string | null;
            currentNoticeVersion: components["schemas"]["NoticeVersion"];
            /** @description Something was agreed to under another notice than now's. None of it counts until it is agreed to again. */
            askAgain: boolean;
            /** @description What was said, the latest first, at most 100 changes. An earlier guardian's are among them. */
            history: {
                changeId: components["schemas"]["Id"];
                guardianId: components["schemas"]["Id"];
                scopes: components["schemas"]["ConsentScopes"];
                method: components["schemas"]["ConsentMethod"] | null;
                noticeVersion: components["schemas"]["NoticeVersion"] | null;
                /** Format: date-time */
                changedAt: string | null;
            }[];
            /** @description There were changes before these. */
            hasMore: boolean;
        };
        Insights: {
            familyId: components["schemas"]["Id"];
            startDate: components["schemas"]["Date"];
            endDate: components["schemas"]["Date"];
            /** @description There where so much was said that only what came from then on was counted. */
            countedFrom?: components["schemas"]["Timestamp"];
            /** @description Whether all questions were looked at; for the guardian. */
            topicsComplete?: boolean;
            children: {
                userId: components["schemas"]["Id"];
                displayName?: string;
                messages: number;
                questions: number;
                minutes: number;
                /** @description Every day of the span. */
                days: {
                    date: components["schemas"]["Date"];
                    messages: number;
                    questions: number;
                    /** @description Minutes with a message in them, or between two of a session at most five minutes apart. */
                    minutes: number;
                }[];
                animals: components["schemas"]["PopularAnimal"][];
                /** @description What the child asked about most; for the guardian. */
                topics?: {
                    animalId: components["schemas"]["AnimalId"];
                    factId: string;
                    text: string;
                    topics: string[];
                    questions: number;
                }[];
            }[];
            animals: components["schemas"]["PopularAnimal"][];
        };
        PopularAnimal: {
            animalId: components["schemas"]["AnimalId"];
            name: string;
            questions: number;
        };
        /** @description The name that somebody signs in with, as `username` or as `email`. */
        NewInvitation: {
            username?: string;
            email?: string;
            kind: components["schemas"]["InvitationKind"];
        };
        /**
         * @description What whoever is invited is to be.
         * @enum {string}
         */
        InvitationKind: "child" | "guardian";
        Invited: {
            invitationId: components["schemas"]["Id"];
            expiresAt: components["schemas"]["Timestamp"];
        };
        Invitations: {
            received: {
                invitationId: components["schemas"]["Id"];
                kind: components["schemas"]["InvitationKind"];
                /** @description The name of who invites. */
                from: string;
                createdAt: components["schemas"]["Timestamp"];
                expiresAt: components["schemas"]["Timestamp"];
            }[];
            sent: {
                invitationId: components["schemas"]["Id"];
                kind: components["schemas"]["InvitationKind"];
                /** @description What was typed. */
                to: string;
                createdAt: components["schemas"]["Timestamp"];
                expiresAt: components["schemas"]["Timestamp"];
            }[];
        };
        Accepted: {
            familyId: components["schemas"]["Id"];
        };
        Sessions: {
            sessions: {
                sessionId: components["schemas"]["Id"];
                userId: string;
                displayName?: string;
                animalId: components["schemas"]["AnimalId"];
                animalName: string;
                /** Format: date-time */
                startTime: string;
                /** Format: date-time */
                lastActivity: string;
                messageCount: number;
                firstMessage?: string;
                lastMessage?: string;
                /** @description Whether something was said since the caller, the owner's guardian, last opened it; false for one's own. */
                unread?: boolean;
                /** @description With `q`, the newest message that it was found in. */
                match?: {
                    messageId: components["schemas"]["Id"];
                    /** @enum {string} */
                    sender: "user" | "assistant";
                    timestamp: components["schemas"]["Timestamp"];
                    /** @description About 80 characters around what was found. */
                    excerpt: string;
                };
            }[];
            pagination: {
                limit: number;
                hasMore: boolean;
                nextToken?: string;
                /**
                 * @description How many sessions the list covers in all, whatever its filters; not in staff's view of everybody. One
                 *     that expires counts until the end of its day (UTC).
                 */
                totalSessions?: number;
                /** @description How many of each person's newest sessions were sorted, where there are more. */
                sortedAmong?: number;
            };
        };
        ErasureWish: {
            /**
             * @description Why; sealed.
             * @example We move away
             */
            reason: string;
            /**
             * @description Nothing brings back what is erased.
             * @constant
             */
            confirm: true;
            /**
             * @description Of a child's things; without days of grace.
             * @default false
             */
            immediate: boolean;
        };
        Erased: {
            /**
             * @description How many conversations there were.
             * @example 12
             */
            deleted: number;
            /**
             * Format: date-time
             * @description When nothing was left.
             */
            timestamp: string;
            receiptId: components["schemas"]["Id"];
            receipt: components["schemas"]["SignedReceipt"];
        };
        ErasureWaiting: {
            /** @enum {string} */
            status: "asked" | "pending" | "running";
            /**
             * Format: date-time
             * @description When it begins; not of a wish that is to be confirmed.
             */
            destroyAt?: string;
            receiptId: components["schemas"]["Id"];
        };
        /**
         * @description A compact JSON Web Signature over `ReceiptClaims`.
         * @example eyJhbGciOiJFUzI1NiIsInR5cCI6Im1lbmFnZXJpZS1lcmFzdXJlK2p3dCIsImtpZCI6IuKApiJ9.eyJ3aGF0IjoiYWNjb3VudCJ9.c2lnbmF0dXJl
         */
        SignedReceipt: string;
        /** @description What there was when it began. */
        ErasureCounts: {
            /** @example 148 */
            messages: number;
            /** @example 12 */
            sessions: number;
            /** @example 3 */
            turns: number;
            /** @example 13 */
            keys: number;
        };
        ReceiptClaims: {
            /** @example menagerie */
            iss: string;
            iat: number;
            receiptId: components["schemas"]["Id"];
            /** @enum {string} */
            what: "conversations" | "account";
            /**
             * @description A pseudonym that the zoo can make again of the person's id.
             * @example q1CwC3sB0kqN0r5cWb3k0gJ8x1m2p4s6u8w0y2A4C6E
             */
            subject: string;
            /** @description The generation of conversations that is gone with all before it. */
            generation: number;
            counts: components["schemas"]["ErasureCounts"];
            /** @example 13 */
            keysDestroyed: number;
            /** Format: date-time */
            requestedAt: string;
            /** Format: date-time */
            completedAt: string;
        };
        Erasures: {
            erasures: components["schemas"]["Receipt"][];
        };
        Receipt: {
            receiptId: components["schemas"]["Id"];
            /** @enum {string} */
            status: "asked" | "pending" | "running" | "completed";
            /** @enum {string} */
            what: "conversations" | "account";
            /** Format: date-time */
            requestedAt: string;
            /** Format: date-time */
            destroyAt?: string;
            /** Format: date-time */
            completedAt?: string;
            counts?: components["schemas"]["ErasureCounts"];
            receipt?: components["schemas"]["SignedReceipt"];
        };
        /** @enum {string} */
        AuditEventType: "conversation_viewed" | "conversations_listed" | "conversation_searched" | "conversation_exported" | "conversation_shared" | "share_revoked" | "conversation_deleted" | "deletion_requested" | "deletion_withdrawn" | "erasure_completed" | "unauthorized_access_attempt" | "conversation_changed" | "conversation_expired" | "unattributed_change" | "audit_viewed" | "consent_changed";
        AuditEntries: {
            entries: {
                logId: components["schemas"]["Id"];
                /** Format: date-time */
                timestamp: string;
                eventType: components["schemas"]["AuditEventType"];
                /** @description What was wanted, such as `read_history`; of a change `insert`, `modify` or `remove`. */
                action: string;
                /**
                 * @description Who did it, as the caller may know it.
                 * @enum {string}
                 */
                by: "you" | "your child" | "your guardian" | "a zookeeper" | "an administrator" | "somebody else" | "nobody";
                /** @description Who did it; missing where the caller has only to know what they are to the zoo. */
                userId?: string;
                /** @enum {string} */
                role?: "visitor" | "user" | "parent" | "zookeeper" | "administrator";
                targetUserId?: string;
                sessionId?: components["schemas"]["Id"];
                /** @enum {string} */
                result: "success" | "failure";
                /** @description Why it did not come about, the code of the problem. */
                reason?: string;
                /** @description Why staff looked, in their own words. */
                accessReason?: string;
                /** @description For administrators, and of the caller's own doing. Gone where it was erased. */
                ipAddress?: string;
                /** @description Likewise. */
                userAgent?: string;
                metadata?: {
                    format?: string;
                    messages?: number;
                    sha256?: string;
                    lookedAt?: number;
                    shareId?: string;
                    receiptId?: components["schemas"]["Id"];
                    messageId?: components["schemas"]["Id"];
                    scopes?: components["schemas"]["ConsentScopes"];
                    method?: components["schemas"]["ConsentMethod"];
                    noticeVersion?: components["schemas"]["NoticeVersion"];
                };
            }[];
            pagination: {
                limit: number;
                hasMore: boolean;
                nextToken?: string;
            };
        };
        AuditReport: {
            verified: boolean;
            /** @description Entries that were compared. */
            entries: number;
            /**
             * Format: date-time
             * @description The boundary; what was linked up to then is signed.
             */
            until?: string;
            firstBroken?: {
                block: number;
                /** @enum {string} */
                flaw: "block_missing" | "block_changed" | "entry_missing" | "entry_changed" | "entry_late" | "entry_not_linked" | "checkpoint_forged" | "checkpoint_missing" | "cut_off";
                logId?: components["schemas"]["Id"];
            };
            /** @description The last block that was walked over, where there are more. */
            nextAfterBlock?: number;
        };
        Alerts: {
            alerts: {
                alertId: components["schemas"]["Id"];
                /** @enum {string} */
                kind: "access_denied" | "denial_burst" | "bulk_reading" | "odd_hours" | "unattributed_change" | "quarantined";
                /** @description By whom */
                userId?: string;
                /** @enum {string} */
                role?: "visitor" | "user" | "parent" | "zookeeper" | "administrator";
                /**
                 * Format: date-time
                 * @description The hour it is of.
                 */
                since: string;
                /** Format: date-time */
                lastAt: string;
                /** @description How many entries gave it. */
                count: number;
                /** @description Whether there may have been more than are counted. */
                orMore: boolean;
                /** @description Some of the entries, the latest first. */
                entries: components["schemas"]["Id"][];
            }[];
            pagination: {
                limit: number;
                hasMore: boolean;
                nextToken?: string;
            };
        };
        ConvoHistory: {
            sessionId: components["schemas"]["Id"];
            animalId: components["schemas"]["AnimalId"];
            userId: string;
            turns: {
                /** @enum {string} */
                role: "user" | "assistant";
                content: string;
                /** Format: date-time */
                timestamp: string;
            }[];
        };
        History: {
            sessionId: components["schemas"]["Id"];
            userId: components["schemas"]["Id"];
            animalId: components["schemas"]["AnimalId"];
            animalName: string;
            startTime: components["schemas"]["Timestamp"];
            endTime: components["schemas"]["Timestamp"];
            messages: components["schemas"]["Message"][];
            statistics: components["schemas"]["Statistics"];
            pagination: components["schemas"]["Pagination"];
        };
        /** @description All that is kept of somebody. Within a `formatVersion` members may be added; none is changed or taken away. */
        PersonalData: {
            /** @constant */
            format: "menagerie-personal-data";
            /** @constant */
            formatVersion: 1;
            exportedAt: components["schemas"]["Timestamp"];
            profile: {
                userId: components["schemas"]["Id"];
                role: components["schemas"]["Role"];
                /** @enum {string} */
                status: "active" | "disabled" | "erased";
                displayName: string;
                /** @description An email address or a username. */
                signInName: string;
                createdAt: components["schemas"]["Timestamp"];
                parentUserId: components["schemas"]["Id"] | null;
                children: components["schemas"]["Id"][];
                /** @description What the guardian has set; of children only, as is all that follows. */
                controls?: components["schemas"]["Controls"];
                consent?: components["schemas"]["ConsentSaid"];
                /** @description What was said, the latest first, at most 100 changes. */
                consentChanges?: components["schemas"]["ConsentSaid"][];
                /** @description There were changes before these. */
                hasMoreConsentChanges?: boolean;
            };
            /** @description All of them, the oldest first. */
            conversations: components["schemas"]["ConversationExport"][];
        };
        ConsentSaid: {
            scopes: components["schemas"]["ConsentScopes"];
            method: components["schemas"]["ConsentMethod"] | null;
            noticeVersion: components["schemas"]["NoticeVersion"] | null;
            /** Format: date-time */
            changedAt: string | null;
        };
        /** @description A whole session, to be kept. Within a `formatVersion` members may be added; none is changed or taken away. */
        ConversationExport: {
            /** @constant */
            format: "menagerie-conversation";
            /** @constant */
            formatVersion: 1;
            exportedAt: components["schemas"]["Timestamp"];
            sessionId: components["schemas"]["Id"];
            userId: components["schemas"]["Id"];
            /** @description The name that the session's owner goes by. */
            displayName: string;
            animalId: components["schemas"]["AnimalId"];
            /** @description The animal's id where the animal is not there any more. */
            animalName: string;
            startTime: components["schemas"]["Timestamp"];
            endTime: components["schemas"]["Timestamp"];
            /** @description All of them, oldest first. */
            messages: components["schemas"]["Message"][];
            statistics: components["schemas"]["Statistics"];
        };
        Message: {
            messageId: components["schemas"]["Id"];
            /** @description Of the turn; a question and its answer have the same. */
            turnId: components["schemas"]["Id"];
            timestamp: components["schemas"]["Timestamp"];
            /** @enum {string} */
            sender: "user" | "assistant";
            content: string;
            /** @description Empty on a question. */
            metadata: {
                tokensUsed?: number;
                latencyMs?: number;
                finishReason?: components["schemas"]["FinishReason"];
            };
        };
        /** @description Of the whole session. */
        Statistics: {
            totalMessages: number;
            userMessages: number;
            assistantMessages: number;
            totalTokens: number;
            /** @description Milliseconds per answer; 0 without any. */
            averageResponseTime: number;
        };
        Pagination: {
            limit: number;
            hasMore: boolean;
            /** @description Present if there is more. */
            nextToken?: string;
        };
        /** @description One person's, of today and of this month in UTC. */
        Usage: {
            userId: components["schemas"]["Id"];
            day: {
                date: components["schemas"]["Date"];
                requests: number;
                requestsLimit: number;
                tokens: number;
                tokensLimit: number;
            };
            month: {
                /** @example 2026-01 */
                month: string;
                requests: number;
                tokens: number;
                tokensLimit: number;
            };
        };
        /** @description Everybody's together, the days in their order; days without a turn are left out. */
        ZooUsage: {
            days: {
                date: components["schemas"]["Date"];
                turns: number;
                promptTokens: number;
                completionTokens: number;
            }[];
        };
    };
    responses: {
        /** @description A new pair of tokens and the account they belong to. */
        SignedIn: {
            headers: {
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["SignedIn"];
            };
        };
        /** @description The function answers. */
        Healthy: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Health"];
            };
        };
        /** @description How the animal speaks now. */
        AnimalConfig: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["NoStore"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AnimalConfig"];
            };
        };
        /** @description The body is not JSON, or a parameter is not of its form. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No credentials, or bad ones. */
        Unauthorized: {
            headers: {
                "WWW-Authenticate": components["headers"]["Challenge"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller is known and may not do this. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Staff have to say why they look at a child's conversation (`reason_required`). */
        ReasonRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It does not exist, or it has expired. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description It was erased (`erased`), as far as the caller might have seen it otherwise; until the time at which it would
         *     have expired.
         */
        Erased: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller has no such turn, or not any more (`turn_expired`). */
        TurnExpired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description It contradicts what there is: `email_taken` and `username_taken` (another account has the name), `own_account`
         *     (another administrator has to do it), `family_exists` (the guardian has one), `has_children` (children
         *     would be left without a guardian), `last_administrator` (there has to be one), `erasure_begun` (nothing takes it
         *     back any more).
         */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Somebody else has changed it since (`precondition_failed`). */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is over 64 KiB. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The file would have more than 6,000,000 bytes. Code `export_too_large`. */
        ExportTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not `application/json`. */
        UnsupportedType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description Well-formed, and against a rule; `detail` says which. `code` is `invalid`, or `other_animal`,
         *     `turn_reused`, `endpoint_not_allowed` or `link_expired`.
         */
        Unprocessable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description Too many requests: `too_many_requests` more than we allow, with what is left of each limit;
         *     `rate_limited` more than our model provider allows.
         */
        TooMany: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something this needs does not answer; trying again later helps. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        UserId: components["schemas"]["Id"];
        ReceiptId: components["schemas"]["Id"];
        /** @description The child's account. */
        ChildId: components["schemas"]["Id"];
        /** @description A family's id is its guardian's. */
        FamilyId: components["schemas"]["Id"];
        /** @description Why staff look at a child's conversation. The child's guardian will read it. */
        AccessReason: string;
        /**
         * @description The secret of a link, from its fragment behind `share=`. One that is not good now is as none; whoever may
         *     read without one is not affected.
         */
        Share: string;
        /** @description Another way to give `turnId`. If the body gives one too, the two must be equal. */
        IdempotencyKey: string;
        /** @description One of the caller's own turns. */
        TurnId: string;
        /** @description Which animal. */
        AnimalId: components["schemas"]["AnimalId"];
    };
    requestBodies: {
        Turn: {
            content: {
                "application/json": components["schemas"]["TurnRequest"];
            };
        };
    };
    headers: {
        /** @description The caller's browser may keep it, and asks each time whether it is still good. */
        Private: "private, no-cache";
        /** @description Another caller gets another answer. */
        VaryByCaller: string;
        /** @description A validator for `If-None-Match` and `If-Match`. */
        ETag: string;
        /** @description How long the answer may be reused. */
        CacheControl: string;
        /** @description The answer is personal and must not be kept by any cache. */
        NoStore: "no-store";
        /** @description Seconds to wait before trying again. */
        RetryAfter: number;
        /**
         * @description What is left of each limit, as `"policy";r=remaining;t=seconds until it resets`. Absent where nothing was
         *     counted.
         */
        RateLimit: string;
        /** @description The limits, as `"policy";q=quota;w=seconds`. */
        RateLimitPolicy: string;
        /** @description The scheme that is wanted (RFC 6750). */
        Challenge: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            200: components["responses"]["SignedIn"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    refreshSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            200: components["responses"]["SignedIn"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description None of the family's tokens is good for a new sign-in any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description The new password counts. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                };
            };
        };
        responses: {
            /** @description If somebody has this address, a letter is on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirmPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description The new password counts. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAuthOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether one may talk without an account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthOptions"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account the access token belongs to. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                role?: components["schemas"]["Role"];
                status?: "active" | "disabled" | "erased";
                limit?: number;
                /** @description From the page before, with the same filters, by the same administrator. */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of accounts. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description The account. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    eraseAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
            };
            path: {
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ErasureWish"];
            };
        };
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erased"];
                };
            };
            /** @description It will be gone. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureWaiting"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Erased"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountChange"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key set. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JwkSet"];
                };
            };
            503: components["responses"]["Unavailable"];
        };
    };
    healthAuth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    listAnimals: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the list the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Animal"][];
                };
            };
            /** @description The client's list is current. No body. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Unavailable"];
        };
    };
    getAnimalConfig: {
        parameters: {
            query: {
                /** @description Which animal. */
                animalId: components["parameters"]["AnimalId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["AnimalConfig"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeAnimalConfig: {
        parameters: {
            query: {
                /** @description Which animal. */
                animalId: components["parameters"]["AnimalId"];
            };
            header?: {
                /** @description The `ETag` of the document that the change was made from. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnimalConfigPatch"];
            };
        };
        responses: {
            200: components["responses"]["AnimalConfig"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthAnimals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    takeTurn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Another way to give `turnId`. If the body gives one too, the two must be equal. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Turn"];
        responses: {
            /** @description The animal's answer, stored. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TurnReply"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description Whose usage, if not the caller's own. */
                userId?: components["schemas"]["Id"];
                /** @description One person's, or everybody's together. */
                scope?: "own" | "zoo";
                /** @description The first day, with `scope=zoo`; without it the first of this month. */
                startDate?: components["schemas"]["Date"];
                /** @description The last day, with `scope=zoo`; without it today. Not before the first, and at most 92 days with it. */
                endDate?: components["schemas"]["Date"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One person's usage, or the zoo's. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"] | components["schemas"]["ZooUsage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthConvoTurn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    streamTurn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Another way to give `turnId`. If the body gives one too, the two must be equal. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["Turn"];
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    resumeTurn: {
        parameters: {
            query?: never;
            header?: {
                /** @description The last id that the client has. Not a number is 400. */
                "Last-Event-ID"?: number;
            };
            path: {
                /** @description One of the caller's own turns. */
                turnId: components["parameters"]["TurnId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rest of the stream; the events are those of `POST /convo_turn/stream`. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["TurnExpired"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelTurn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description One of the caller's own turns. */
                turnId: components["parameters"]["TurnId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The turn has ended or is about to. No body. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["TurnExpired"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthConvoStream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    listFamilies: {
        parameters: {
            query?: {
                limit?: number;
                /** @description From the page before, of the same caller; any other is 400. */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of families. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FamilyPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    createFamily: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFamily"];
            };
        };
        responses: {
            /** @description The family. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Family"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    getFamily: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The family. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Family"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    endFamily: {
        parameters: {
            query?: {
                children?: "release";
            };
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no family any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeFamily: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FamilyChange"];
            };
        };
        responses: {
            /** @description The family as it is now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Family"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    addChild: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChild"];
            };
        };
        responses: {
            /** @description The child. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FamilyMember"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getControls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
                /** @description The child. */
                userId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is set. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Controls"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    setControls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
                /** @description The child. */
                userId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Controls"];
            };
        };
        responses: {
            /** @description What is set now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Controls"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    getInsights: {
        parameters: {
            query?: {
                /** @description Six days before the last where it is not named. At most 92 days at once. */
                startDate?: components["schemas"]["Date"];
                /** @description Today where it is not named. */
                endDate?: components["schemas"]["Date"];
            };
            header?: never;
            path: {
                /** @description A family's id is its guardian's. */
                familyId: components["parameters"]["FamilyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Insights"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    listInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The invitations. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitations"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    invite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            /** @description It is kept; whether it reaches anybody is not told. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    withdrawInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitationId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitationId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    declineInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invitationId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The invitation is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthFamily: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    getNotice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notice of now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notice"];
                };
            };
        };
    };
    getConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The child's account. */
                childId: components["parameters"]["ChildId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What holds now, and what was said. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consent"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The child's account. */
                childId: components["parameters"]["ChildId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsentWish"];
            };
        };
        responses: {
            /** @description What holds now, and what was said. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consent"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportData: {
        parameters: {
            query?: never;
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
            };
            path: {
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    /** @description Always `attachment`, with a name made of the day. */
                    "Content-Disposition": string;
                    "X-Content-Type-Options": "nosniff";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalData"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            413: components["responses"]["ExportTooLarge"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    eraseConversations: {
        parameters: {
            query?: never;
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
            };
            path: {
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ErasureWish"];
            };
        };
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erased"];
                };
            };
            /** @description It will be gone. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureWaiting"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    listErasures: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How they stand. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasures"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    getReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                receiptId: components["parameters"]["ReceiptId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it stands. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            503: components["responses"]["Unavailable"];
        };
    };
    withdrawErasure: {
        parameters: {
            query?: never;
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
            };
            path: {
                receiptId: components["parameters"]["ReceiptId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is as if nobody had asked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthPrivacy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description Whose. Somebody who is not the caller's to see is 403. */
                userId?: string;
                /** @description With which animals; may be there up to 50 times. */
                animalId?: components["schemas"]["AnimalId"][];
                /** @description The earliest last activity, as a day (UTC) or a time. */
                startDate?: string;
                /** @description The latest last activity, as a day (UTC, to its end) or a time. */
                endDate?: string;
                /**
                 * @description By last activity, the latest first; by the animal's name; or by length, the longest first; among equals
                 *     the latest first. The last two sort the newest 500 sessions of each person that the dates include
                 *     (`pagination.sortedAmong` where there are more) and are for a person or a family: staff who name nobody
                 *     are answered with 422.
                 */
                sort?: "lastActivity" | "animal" | "messageCount";
                /**
                 * @description What was said, whatever its case and width, 1 to 100 characters after trimming. Rows carry `match`. A page
                 *     looks at no more than 50 sessions and 1,000 messages. To search is to read: staff name somebody (else
                 *     422), and for a child say why in `X-Access-Reason` (else 428). Only with `sort=lastActivity`, else 422.
                 */
                q?: string;
                limit?: number;
                /**
                 * @description The `pagination.nextToken` of the page before. It is bound to the caller and to the other parameters but
                 *     `limit`; any other is 400.
                 */
                nextToken?: string;
            };
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
                /** @description The `ETag` of the page the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Private"];
                    Vary: components["headers"]["VaryByCaller"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
            /** @description The client's page is current. No body. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Private"];
                    Vary: components["headers"]["VaryByCaller"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    listAuditEntries: {
        parameters: {
            query?: {
                /** @description Who acted. */
                userId?: string;
                /** @description About whose conversations. */
                targetUserId?: string;
                /** @description About which conversation. */
                sessionId?: components["schemas"]["Id"];
                eventType?: components["schemas"]["AuditEventType"];
                /** @description The earliest, as a day (UTC) or a time. */
                startDate?: string;
                /** @description The latest, as a day (UTC, to its end) or a time. */
                endDate?: string;
                limit?: number;
                /**
                 * @description The `pagination.nextToken` of the page before. It is bound to the caller and to the other parameters but
                 *     `limit`; any other is 400.
                 */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntries"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                /** @description The earliest, as a day (UTC) or a time. */
                startDate?: string;
                /** @description The latest, as a day (UTC, to its end) or a time. */
                endDate?: string;
                /** @description The `nextAfterBlock` of the part before. */
                afterBlock?: number;
                /** @description The most blocks to walk over. */
                maxBlocks?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                limit?: number;
                /**
                 * @description The `pagination.nextToken` of the page before. It is bound to the caller and to the other parameters but
                 *     `limit`; any other is 400.
                 */
                nextToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of alerts. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alerts"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description How many messages at most. */
                limit?: number;
                /**
                 * @description The `pagination.nextToken` of the page before. It is bound to the caller and to this session;
                 *     any other is 400.
                 */
                nextToken?: string;
            };
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
                /**
                 * @description The secret of a link, from its fragment behind `share=`. One that is not good now is as none; whoever may
                 *     read without one is not affected.
                 */
                "X-Share"?: components["parameters"]["Share"];
                /** @description The `ETag` of the page the client has; it stands for everything but `nextToken`. */
                "If-None-Match"?: string;
            };
            path: {
                sessionId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the session. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            /** @description The client's page is current. No body. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The guardian has to confirm it. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            503: components["responses"]["Unavailable"];
        };
    };
    shareHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedType"];
            422: components["responses"]["Unprocessable"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeShares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No link made so far opens the session any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportHistory: {
        parameters: {
            query?: {
                /** @description A document for programs, text for any screen, or A4 pages. Any other is 400. */
                format?: "json" | "txt" | "pdf";
            };
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
            };
            path: {
                sessionId: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    /** @description Always `attachment`, with a name made of the animal's id and the session's first day. */
                    "Content-Disposition": string;
                    "X-Content-Type-Options": "nosniff";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationExport"];
                    "text/plain; charset=utf-8": string;
                    "application/pdf": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            413: components["responses"]["ExportTooLarge"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    getConvoHistory: {
        parameters: {
            query: {
                sessionId: components["schemas"]["Id"];
                userId?: string;
                animalId?: components["schemas"]["AnimalId"];
            };
            header?: {
                /** @description Why staff look at a child's conversation. The child's guardian will read it. */
                "X-Access-Reason"?: components["parameters"]["AccessReason"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["NoStore"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConvoHistory"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Erased"];
            422: components["responses"]["Unprocessable"];
            428: components["responses"]["ReasonRequired"];
            503: components["responses"]["Unavailable"];
        };
    };
    healthExports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
    healthHistory: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Healthy"];
        };
    };
}
