import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What a person sees of her own offices.
extension Officers {
    var personRoutes: [Route] {
        let audience = Audience.signedIn(.substantial)
        return [
            .page(.get, "/me/offices", for: audience, "officers.own", "My offices", showOwn),
            .page(.post, "/me/offices/{appointment}/accept", for: audience, "officers.accept", "Accept an office") {
                try await answerOne($0, isAccepted: true)
            },
            .page(.post, "/me/offices/{appointment}/decline", for: audience, "officers.decline", "Decline an office") {
                try await answerOne($0, isAccepted: false)
            },
        ]
    }

    private func showOwn(_ call: Call) async throws -> Reply {
        let (store, offices, actor, time) = (store, offices, call.actor, clock.now())
        let (held, invitations) = try await database.read { connection in
            (
                try offices.holdings(ofPerson: actor.id, from: IsraelTime.date(time), in: connection),
                try store.invitations(to: actor.id, at: time, in: connection)
            )
        }
        func dates(_ from: CalendarDate, _ to: CalendarDate?) -> String {
            let start = Formats.date(from, in: call.language)
            return to.map { text("from-to", call, ["from": start, "to": Formats.date($0, in: call.language)]) } ?? text("from", call, ["from": start])
        }
        var data: [String: Any] = [
            "hasAny": !held.isEmpty || !invitations.isEmpty, "hasInvitations": !invitations.isEmpty, "hasOffices": !held.isEmpty,
            "offices": held.map {
                ["body": bodyName($0.bodyID, in: call.language), "role": roleName($0.role, in: call.language), "dates": dates($0.from, $0.to)]
            },
            "invitations": invitations.map { invitation -> [String: Any] in
                [
                    "body": bodyName(invitation.bodyID, in: call.language), "role": roleName(invitation.role, in: call.language),
                    "dates": dates(invitation.from, invitation.to), "until": Formats.date(IsraelTime.date(invitation.expiresAt), in: call.language),
                    "base": call.page("/me/offices/\(invitation.id)"),
                ]
            },
        ]
        for done in ["accepted", "declined"] where call.query["done"] == done { data["done"] = text("done.\(done)", call) }
        return try site.page("officers/own", Site.Heading(text("own.title", call), back: call.page("/me")), data, for: call)
    }

    private func answerOne(_ call: Call, isAccepted: Bool) async throws -> Reply {
        try await answer(try call.id("appointment"), isAccepted: isAccepted, by: call.actor)
        return .seeOther("\(call.page("/me/offices"))?done=\(isAccepted ? "accepted" : "declined")")
    }
}
