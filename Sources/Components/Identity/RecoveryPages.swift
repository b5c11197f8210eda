import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// The pages around a recovery; those in between are the ones of registering.
extension Identity {
    var recoveryRoutes: [Route] {
        [
            .page(.get, "/recover", for: .everyone, "identity.showRecover", "What a forgotten password takes", showRecover),
            .page(.post, "/recover", for: .everyone, "identity.startRecovery", "Begin to choose another password", rate: .guarded, startRecovery),
            .page(.get, "/recover/stop/{token}", for: .everyone, "identity.showStopRecovery", "Stop a recovery?", showStopRecovery),
            .page(.post, "/recover/stop/{token}", for: .everyone, "identity.stopRecovery", "Stop a recovery", rate: .guarded, stopRecovery),
            .page(
                .post, "/me/recovery/stop", for: .signedIn(Assurance(credential: 2, proof: 0)), "identity.stopOwnRecovery", "Stop my recovery",
                stopOwnRecovery),
        ]
    }

    private func showRecover(_ call: Call) async throws -> Reply {
        if call.actor.isSignedIn { return .seeOther(call.page("/me/password")) }
        guard let going = try await pendingRegistration(call) else {
            let data: [String: Any] = [
                "cooling": text(
                    "recover.cooling", call, ["hours": "\(recoveryHours.sameAddress)", "moreHours": "\(recoveryHours.newAddress)"])
            ]
            return try site.page("identity/recover", Site.Heading(text("recover.title", call), back: call.page("/sign-in")), data, for: call)
        }
        return try pendingPage(going.registration, next: nil, call)
    }

    private func startRecovery(_ call: Call) async throws -> Reply {
        if call.actor.isSignedIn { return .seeOther(call.page("/me/password")) }
        return try await begin(.recover, next: nil, call)
    }

    /// After the code: when it will take effect, and what can be done until then.
    func recoveringPage(until due: Instant, isAnother: Bool, _ call: Call) throws -> Reply {
        let key = isAnother ? "recover.another" : "recover.begun"
        let data: [String: Any] = [
            "title": text("\(key).title", call), "detail": text("\(key).detail", call, ["time": Formats.dateTime(due, in: call.language)]),
        ]
        let reply = try site.page("identity/recovering", Site.Heading(text("\(key).title", call)), data, for: call, status: isAnother ? 409 : 200)
        return reply.settingCookie(Token.registrationCookie, "", maxAge: 0)
    }

    /// The recovery that the secret in the address stops; nil when it is over or never was.
    private func recovery(_ call: Call) async throws -> Recovery? {
        guard let hash = Token.hash(of: call.parameters["token"]) else { return nil }
        let store = store
        return try await database.read { try store.waitingRecovery(stopHash: hash, in: $0) }
    }

    private func showStopRecovery(_ call: Call) async throws -> Reply {
        guard let recovery = try await recovery(call), let token = call.parameters["token"] else { return try stoppedPage("recover.over", call) }
        let data: [String: Any] = [
            "action": call.page("/recover/stop/\(token)"),
            "detail": text("recover.stop-detail", call, ["time": Formats.dateTime(recovery.dueAt, in: call.language)]),
        ]
        return try site.page("identity/recover-stop", Site.Heading(text("recover.stop-title", call)), data, for: call)
    }

    private func stopRecovery(_ call: Call) async throws -> Reply {
        // Who it was is not known, only that she has the message.
        guard let recovery = try await recovery(call), try await stop(recovery, .system("identity")) else { return try stoppedPage("recover.over", call) }
        return try stoppedPage("recover.stopped", call)
    }

    private func stopOwnRecovery(_ call: Call) async throws -> Reply {
        let (store, actor) = (store, call.actor)
        guard let recovery = try await database.read({ try store.waitingRecovery(of: actor.id, in: $0) }), try await stop(recovery, actor) else {
            return try stoppedPage("recover.over", call)
        }
        return try stoppedPage("recover.stopped", call)
    }

    private func stoppedPage(_ key: String, _ call: Call) throws -> Reply {
        let data: [String: Any] = ["title": text("\(key).title", call), "detail": text("\(key).detail", call)]
        return try site.page("identity/recovering", Site.Heading(text("\(key).title", call)), data, for: call)
    }
}
