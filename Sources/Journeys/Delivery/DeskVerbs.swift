import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// What officers do on the page of a case.
extension Delivery {
    /// A verb of the desk: its last part of the address, and the field in which its words are typed.
    struct DeskVerb: Sendable {
        let name: String
        let field: String?
        let summary: String
        let work: @Sendable (Case, String, Actor, any Connection) throws -> Void
    }

    private var verbs: [DeskVerb] {
        [
            DeskVerb(name: "take", field: nil, summary: "Take a case") { try take($0, by: $2, in: $3) },
            DeskVerb(name: "ask", field: "question", summary: "Ask the person for completion") { try ask($0, $1, by: $2, in: $3) },
            DeskVerb(name: "note", field: "note", summary: "Write a note") { try note($0, $1, by: $2, in: $3) },
            DeskVerb(name: "approve", field: "reason", summary: "Approve") { try decide($0, .approved, reason: $1, by: $2, in: $3) },
            DeskVerb(name: "refuse", field: "reason", summary: "Refuse, with a reason") { try decide($0, .refused, reason: $1, by: $2, in: $3) },
        ]
    }

    var deskVerbs: [Route] {
        verbs.map { verb in
            .page(.post, "/desk/cases/{case}/\(verb.name)", for: Delivery.officer, "delivery.\(verb.name)", verb.summary) { call in
                try await perform(verb, call)
            }
        }
    }

    private func perform(_ verb: DeskVerb, _ call: Call) async throws -> Reply {
        let (id, form) = (try call.id("case"), try call.form())
        let typed = verb.field.flatMap { form[$0] } ?? ""
        do {
            try await database.write { connection in
                guard let item = try store.onDesk(id, of: call.actor.organisation ?? "", in: connection) else { throw Problem.notFound }
                guard !item.isOwn(of: call.actor) else { throw DeliveryError.ownCase }
                try verb.work(item, typed, call.actor, connection)
            }
        } catch let error as DeliveryError where error.problem.status != 503 {
            let problem = error.problem
            let field = problem.faults.isEmpty ? nil : verb.field.map { "\(verb.name)-\($0)" }
            let place = error == .ownCase ? "own" : "actions"
            let fault = DeliveryFault(
                text: site.text("\(problem.textKey).detail", call, problem.arguments), field: field ?? place, status: problem.status)
            return try await deskCasePage(call, DeskAttempt(verb: verb.name, text: typed, fault: fault))
        }
        return .seeOther(call.page("/desk/cases/\(id)?done=\(verb.name)"))
    }
}
