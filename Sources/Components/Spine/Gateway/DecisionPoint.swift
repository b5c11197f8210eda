import Contracts
import HTTPTypes
import Language
import Values
import Web

/// What a gateway decides by, asked over HTTP as AuthZEN's Authorization API 1.0 writes it (OpenID Foundation, January 2026): may this body
/// (subject) ask (action) this operation of a register (resource), for this purpose, on this basis, by somebody like this (context)? The
/// answer names the agreement and the fields that pass. Only the gateway's own local systems are answered.
struct DecisionPoint: Sendable {
    static let subjectType = "body"
    static let resourceType = "operation"
    static let action = "ask"
    /// Questions in one call, and results in one page.
    static let batchMax = 1_000
    static let pageMax = 100

    let cache: AgreementCache
    let consents: ConsentCheck
    let services: RegisterDirectory
    let baseURL: String
    let locals: LocalSystems
    let clock: TimeSource

    var routes: [Route] {
        func post(_ path: String, _ operation: String, _ summary: String, _ answer: @escaping @Sendable (JSON) async throws -> JSON) -> Route {
            .api(
                .post, path, for: LocalSystems.audience, operation, summary,
                answers: [.init(200, "The decision", schema: ["type": "object"])], rate: .busy, bodyLimit: 1024 * 1024
            ) { call in
                try locals.check(call)
                var reply = Reply.json(try await answer(try call.json()))
                // Section 10.1.3: what the caller names its request by comes back.
                if let name = HTTPField.Name("X-Request-ID"), let id = call.headers[name] { reply.headers[name] = String(id.prefix(200)) }
                return reply
            }
        }
        return [
            post("/access/v1/evaluation", "authzen.evaluation", "May a body ask an operation? (AuthZEN section 6)") { try await evaluation($0) },
            post("/access/v1/evaluations", "authzen.evaluations", "The same for several questions at once (section 7)") { try await evaluations($0) },
            post("/access/v1/search/subject", "authzen.searchSubject", "Which bodies may ask an operation (section 8.4)") { try await subjects($0) },
            post("/access/v1/search/resource", "authzen.searchResource", "Which operations a body may ask (section 8.5)") { try await resources($0) },
            post("/access/v1/search/action", "authzen.searchAction", "What a body may do with an operation (section 8.6)") { try await actions($0) },
            .api(
                .get, "/.well-known/authzen-configuration", for: .everyone, "authzen.configuration", "Where the decision point is asked (section 9)",
                answers: [.init(200, "Its metadata", schema: ["type": "object", "required": ["policy_decision_point", "access_evaluation_endpoint"]])]
            ) { _ in .json(metadata) },
        ]
    }

    private var metadata: JSON {
        [
            "policy_decision_point": .string(baseURL), "access_evaluation_endpoint": .string("\(baseURL)/access/v1/evaluation"),
            "access_evaluations_endpoint": .string("\(baseURL)/access/v1/evaluations"),
            "search_subject_endpoint": .string("\(baseURL)/access/v1/search/subject"),
            "search_resource_endpoint": .string("\(baseURL)/access/v1/search/resource"),
            "search_action_endpoint": .string("\(baseURL)/access/v1/search/action"),
        ]
    }

    // MARK: Evaluation

    private func evaluation(_ question: JSON) async throws -> JSON {
        let table = await cache.table(now: clock.now())
        return try await decide(try AccessQuestion(question), table)
    }

    /// Section 7: each question takes what it lacks from the whole. Without a list, it is one question.
    private func evaluations(_ question: JSON) async throws -> JSON {
        guard let list = question["evaluations"]?.array, !list.isEmpty else { return try await evaluation(question) }
        guard list.count <= DecisionPoint.batchMax else { throw Problem.unreadableRequest("evaluations: at most \(DecisionPoint.batchMax)") }
        let semantic = question["options"]?["evaluations_semantic"]?.string ?? "execute_all"
        guard let semantic = BatchSemantic(rawValue: semantic) else { throw Problem.unreadableRequest("evaluations_semantic") }
        let table = await cache.table(now: clock.now())
        var answers: [JSON] = []
        for one in list {
            var whole = one
            // What is no question at all must not become the one that the whole stands for.
            if one.object != nil { for member in ["subject", "action", "resource", "context"] where whole[member] == nil { whole[member] = question[member] } }
            let answer = try await answer(to: whole, table)
            answers.append(answer)
            if semantic.ends(with: answer["decision"]?.bool == true) { break }
        }
        return ["evaluations": .array(answers)]
    }

    /// One that cannot be read is a refusal; the others are answered (section 7.2.1).
    private func answer(to question: JSON, _ table: AgreementTable) async throws -> JSON {
        let read: Result<AccessQuestion, Problem> = Result { () throws(Problem) in try AccessQuestion(question) }
        switch read {
        case .success(let question): return try await decide(question, table)
        case .failure(let problem):
            let message = problem.arguments["reason"] ?? problem.code
            return ["decision": false, "context": ["error": ["status": .int(Int64(problem.status)), "message": .string(message)]]]
        }
    }

    /// A consent is looked up, so that one that was taken back is refused; about whom the question will be is not known here.
    private func decide(_ question: AccessQuestion, _ table: AgreementTable) async throws -> JSON {
        guard question.subjectType == DecisionPoint.subjectType, question.resourceType == DecisionPoint.resourceType,
            question.action == DecisionPoint.action, let operation = (table.services ?? services).operation(question.resourceID)
        else { return DecisionPoint.refused(AgreementRefusal.noAgreement.rawValue) }
        guard let request = question.context.request(of: question.subjectID, operation, on: IsraelTime.date(clock.now())) else {
            return DecisionPoint.refused("purpose-or-basis-missing")
        }
        switch table.find(request) {
        case .failure(let refusal): return DecisionPoint.refused(refusal.rawValue)
        case .success(let live):
            let agreement = live.agreement
            let refusal = try await consents.refusal(of: request, under: agreement, number: nil, subjectID: nil, at: clock.now())
            if let refusal { return DecisionPoint.refused(refusal.rawValue) }
            return [
                "decision": true,
                "context": [
                    "agreement": ["id": .string(agreement.id), "version": .int(Int64(agreement.version))],
                    "fields": .strings(agreement.fields.map(\.pointer.description)), "retention_days": .int(Int64(agreement.retentionDays)),
                ],
            ]
        }
    }

    private static func refused(_ reason: String) -> JSON { ["decision": false, "context": ["reason": .string(reason)]] }

    // MARK: Search

    private func subjects(_ question: JSON) async throws -> JSON {
        let wanted = try AccessQuestion(question, lacking: .subject)
        let table = await cache.table(now: clock.now())
        let bodies = table.consumers.filter { isPermitted(wanted, subject: $0, resource: wanted.resourceID, table) }
        return try page(bodies.sorted().map { ["type": .string(DecisionPoint.subjectType), "id": .string($0)] }, question)
    }

    private func resources(_ question: JSON) async throws -> JSON {
        let wanted = try AccessQuestion(question, lacking: .resource)
        let table = await cache.table(now: clock.now())
        let operations = (table.services ?? services).operations.map(\.id).filter { isPermitted(wanted, subject: wanted.subjectID, resource: $0, table) }
        return try page(operations.sorted().map { ["type": .string(DecisionPoint.resourceType), "id": .string($0)] }, question)
    }

    private func actions(_ question: JSON) async throws -> JSON {
        let wanted = try AccessQuestion(question, lacking: .action)
        let table = await cache.table(now: clock.now())
        let may = isPermitted(wanted, subject: wanted.subjectID, resource: wanted.resourceID, table)
        return try page(may ? [["name": .string(DecisionPoint.action)]] : [], question)
    }

    /// What the question leaves open (purpose, basis, who asks) any agreement may fill in: the search tells what is possible at all, which
    /// on the basis of consent means: as soon as it is given.
    private func isPermitted(_ question: AccessQuestion, subject: String, resource: String, _ table: AgreementTable) -> Bool {
        guard question.subjectType == DecisionPoint.subjectType, question.resourceType == DecisionPoint.resourceType,
            question.action == DecisionPoint.action, let operation = (table.services ?? services).operation(resource)
        else { return false }
        let day = IsraelTime.date(clock.now())
        return table.agreements(of: subject, on: resource).contains { live in
            let agreement = live.agreement
            let request = question.context.filled(from: agreement).request(of: subject, operation, on: day)
            return request.map { agreement.refusal(of: $0) == nil } ?? false
        }
    }

    /// Section 8.2: the token says where the next page begins, and is empty after the last.
    private func page(_ results: [JSON], _ question: JSON) throws -> JSON {
        let limit = min(max(1, Int(question["page"]?["limit"]?.int ?? Int64(DecisionPoint.pageMax))), DecisionPoint.pageMax)
        let token = question["page"]?["token"]?.string ?? ""
        guard token.isEmpty || Int(token).map({ (0...results.count).contains($0) }) == true else { throw Problem.unreadableRequest("page.token") }
        let start = Int(token) ?? 0
        let end = min(results.count, start + limit)
        return [
            "results": .array(Array(results[start..<end])),
            "page": ["next_token": .string(end < results.count ? "\(end)" : ""), "count": .int(Int64(end - start)), "total": .int(Int64(results.count))],
        ]
    }
}

private enum BatchSemantic: String {
    case all = "execute_all"
    case untilDeny = "deny_on_first_deny"
    case untilPermit = "permit_on_first_permit"

    func ends(with decision: Bool) -> Bool {
        switch self {
        case .all: false
        case .untilDeny: !decision
        case .untilPermit: decision
        }
    }
}

/// A question as the Authorization API writes it (section 5).
private struct AccessQuestion {
    enum Part: String { case subject, action, resource }

    let subjectType: String
    /// Empty where a search asks for it.
    let subjectID: String
    let resourceType: String
    let resourceID: String
    let action: String
    let context: AccessContext

    /// - Parameter part: what a search leaves open: of subject and resource the id, the action whole.
    /// - Throws: `Problem` 400 that says what is missing.
    init(_ json: JSON, lacking part: Part? = nil) throws(Problem) {
        func text(_ name: String, _ member: String) throws(Problem) -> String {
            guard let text = json[name]?[member]?.string, !text.isEmpty, text.utf8.count <= 200 else { throw .unreadableRequest("\(name).\(member)") }
            return text
        }
        subjectType = try text("subject", "type")
        subjectID = part == .subject ? "" : try text("subject", "id")
        resourceType = try text("resource", "type")
        resourceID = part == .resource ? "" : try text("resource", "id")
        action = part == .action ? DecisionPoint.action : try text("action", "name")
        context = AccessContext(json["context"] ?? .null)
    }
}

/// For what, on what basis and by whom it is asked: `{"purpose", "basis": {"kind", "reference"}, "actor": {"kind", "credential", "proof"}}`.
private struct AccessContext {
    var purpose: String?
    var basis: Basis?
    var asker: AskerKind?
    var assurance: Assurance?

    init(_ json: JSON) {
        purpose = json["purpose"]?.string
        basis = Basis(kind: json["basis"]?["kind"]?.string ?? "", reference: json["basis"]?["reference"]?.string ?? "")
        asker = json["actor"]?["kind"]?.string.flatMap(AskerKind.init)
        if let credential = json["actor"]?["credential"]?.int, let proof = json["actor"]?["proof"]?.int {
            assurance = Assurance(credential: Int(clamping: credential), proof: Int(clamping: proof))
        }
    }

    func filled(from agreement: Agreement) -> AccessContext {
        var context = self
        context.purpose = purpose ?? agreement.purposes.first
        context.basis = basis ?? (agreement.bases.contains("request") ? .request("") : agreement.bases.contains("law") ? .law(agreement.law) : .consent(""))
        context.asker = asker ?? agreement.actors.first
        context.assurance = assurance ?? agreement.assurance
        return context
    }

    /// Nil without a purpose or a basis. Who says nothing of the asker is the body's own program.
    func request(of consumerID: String, _ operation: RegisterDirectory.Operation, on day: CalendarDate) -> AgreementRequest? {
        guard let purpose, let basis else { return nil }
        let asker = asker ?? .system
        let kind: Actor.Kind =
            switch asker {
            case .person, .officer: .person
            case .system: .system
            case .client: .client
            }
        return AgreementRequest(
            consumerID: consumerID, providerID: operation.ownerID, operation: operation.id, purpose: purpose, basis: basis, actorKind: kind,
            office: asker == .officer ? consumerID : nil, assurance: assurance ?? .none, day: day)
    }
}
