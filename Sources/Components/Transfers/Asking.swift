import Contracts
import Database
import Language
import Values
import Web

/// From the draft to the agreement in force, as verbs on the module.
extension Transfers {
    static let requestsShown = 200

    /// - Parameter agreementID: the agreement to follow; nil for a new one.
    func create(title: String, from agreementID: String?, isRenewal: Bool, by actor: Actor) async throws -> String {
        let (time, id, body) = (clock.now(), UUIDv7.next(at: clock.now()), actor.organisation ?? "")
        return try await database.write { connection in
            let model = try agreementID.flatMap { try desk.agreement($0, in: connection) }
            // Only one's own agreement is renewed; another's may be taken as a model.
            let follows = isRenewal && model?.consumerID == body ? model : nil
            let request = TransferRequest(
                id: id, consumerID: body, providerID: model?.providerID ?? "", agreementID: follows?.id ?? "transfer-\(id.suffix(12))", state: .draft,
                edition: 0, title: title, terms: model.map { TransferTerms(agreement: $0.content) } ?? TransferTerms(), final: nil, createdBy: actor.id,
                createdAt: time, changedAt: time)
            try store.insert(request, in: connection)
            try append("created", request, actor, at: time, in: connection)
            return id
        }
    }

    /// Keeps what was filled in, complete or not.
    func edit(_ id: String, by actor: Actor, _ change: @escaping @Sendable (inout TransferRequest) -> Void) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var request = try own(id, actor, in: connection) else { throw Problem.notFound }
            guard request.mayEdit(actor) else { throw Problem.notAllowed }
            change(&request)
            let owners = Set(try desk.operations(in: connection).filter { request.terms.operations.contains($0.id) }.map(\.ownerID))
            request.providerID = owners.count == 1 ? owners.first ?? "" : ""
            request.changedAt = time
            guard try store.update(request, from: .draft, in: connection) else { throw TransfersError.over }
        }
    }

    /// Hands the draft in: from here on it is the same for all who judge it.
    func handIn(_ id: String, by actor: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var request = try own(id, actor, in: connection) else { throw Problem.notFound }
            guard request.mayEdit(actor) else { throw Problem.notAllowed }
            guard try request.terms.faults(desk.operations(in: connection), on: IsraelTime.date(time)).isEmpty, request.providerID != request.consumerID else {
                throw TransfersError.incomplete
            }
            (request.state, request.edition, request.changedAt) = (.opinions, request.edition + 1, time)
            guard try store.update(request, from: .draft, in: connection) else { throw TransfersError.over }
            try append("handed-in", request, actor, at: time, in: connection)
            try askAll(request, in: connection)
        }
    }

    func judge(_ id: String, _ verdict: Verdict, note: String, by actor: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var request = try own(id, actor, in: connection) else { throw Problem.notFound }
            let acts = try store.acts(of: id, in: connection)
            guard let opinion = request.opinion(of: actor, acts), verdict != .refuse || opinion == .committee else { throw TransfersError.over }
            guard verdict == .approve || !note.isEmpty else { throw TransfersError.noteMissing }
            let state = request.state
            request.changedAt = time
            switch verdict {
            case .approve: if request.missing(acts) == [opinion] { request.state = request.next }
            case .object: request.state = .draft
            case .refuse: request.state = .refused
            }
            if request.state == .signing { request.final = try final(request, on: IsraelTime.date(time), in: connection) }
            guard try store.update(request, from: state, in: connection) else { throw TransfersError.over }
            try append("\(opinion.rawValue)-\(verdict.rawValue)", request, actor, note: note, at: time, in: connection)
            switch verdict {
            case .approve: if request.state != state { try askAll(request, in: connection) }
            case .object: try tellAuthor(request, "transfers.returned", in: connection)
            case .refuse: try tellAuthor(request, "transfers.refused", in: connection)
            }
        }
    }

    func comment(_ id: String, _ note: String, by actor: Actor) async throws {
        let time = clock.now()
        guard !note.isEmpty else { throw TransfersError.noteMissing }
        try await database.write { connection in
            guard let request = try own(id, actor, in: connection) else { throw Problem.notFound }
            try append("comment", request, actor, note: note, at: time, in: connection)
        }
    }

    func withdraw(_ id: String, by actor: Actor) async throws {
        let time = clock.now()
        try await database.write { connection in
            guard var request = try own(id, actor, in: connection) else { throw Problem.notFound }
            guard request.consumerID == actor.organisation, actor.roles.contains(OfficerRole.dataRequester) else { throw Problem.notAllowed }
            guard !request.state.isOver else { throw TransfersError.over }
            let state = request.state
            (request.state, request.changedAt) = (.withdrawn, time)
            guard try store.update(request, from: state, in: connection) else { throw TransfersError.over }
            try append("withdrawn", request, actor, at: time, in: connection)
        }
    }

    /// The body's signature under the content as it was approved. The second one puts it in force, in the same transaction.
    ///
    /// - Returns: whether it is in force now.
    func sign(_ id: String, by actor: Actor) async throws -> Bool {
        let (time, body) = (clock.now(), actor.organisation ?? "")
        return try await database.write { connection in
            guard var request = try own(id, actor, in: connection) else { throw Problem.notFound }
            let signed = try store.signatures(under: id, in: connection)
            guard request.maySign(actor, signed: Set(signed.keys)), let content = request.final else { throw TransfersError.over }
            guard try desk.agreement(request.agreementID, in: connection).map({ Int64($0.version) }) ?? 0 == (content["version"]?.int ?? 0) - 1 else {
                throw TransfersError.overtaken
            }
            let jws = try desk.signature(under: content, of: body)
            guard try store.insertSignature(jws, of: body, under: id, by: actor.id, at: time, in: connection) else { throw TransfersError.over }
            try append("signed", request, actor, at: time, in: connection)
            var all = signed
            all[body] = jws
            guard all.count == 2 else { return false }
            try desk.activate(content, signatures: all, at: time, in: connection)
            (request.state, request.changedAt) = (.live, time)
            guard try store.update(request, from: .signing, in: connection) else { throw TransfersError.over }
            try append("live", request, actor, at: time, in: connection)
            try tellAuthor(request, "transfers.live", in: connection)
            return true
        }
    }

    /// Says for another year that an agreement is needed.
    func justify(_ agreementID: String, note: String, by actor: Actor) async throws {
        let time = clock.now()
        guard note.count >= 10 else { throw TransfersError.noteMissing }
        try await database.write { connection in
            guard let agreement = try desk.agreement(agreementID, in: connection), agreement.consumerID == actor.organisation else { throw Problem.notFound }
            try store.justify(agreementID, note: note, by: actor.id, at: time, in: connection)
        }
    }

    // MARK: -

    private func own(_ id: String, _ actor: Actor, in connection: any Connection) throws -> TransferRequest? {
        try store.request(id, with: actor.organisation ?? "", in: connection)
    }

    /// The content that both sign; its days begin when it was approved.
    private func final(_ request: TransferRequest, on today: CalendarDate, in connection: any Connection) throws -> JSON {
        let version = try desk.agreement(request.agreementID, in: connection).map(\.version) ?? 0
        let content = request.terms.agreement(
            id: request.agreementID, version: version + 1, consumerID: request.consumerID, providerID: request.providerID, from: today)
        guard desk.fault(in: content) == nil else { throw TransfersError.incomplete }
        return content
    }

    private func append(
        _ what: String, _ request: TransferRequest, _ actor: Actor, note: String = "", at time: Instant, in connection: any Connection
    ) throws {
        try store.append(
            TransferAct(
                id: UUIDv7.next(at: time), edition: request.edition, what: what, bodyID: actor.organisation ?? "", officerID: actor.id,
                officerName: actor.name, note: note, at: time), to: request.id, in: connection)
    }

    /// Tells everybody whose turn it is.
    private func askAll(_ request: TransferRequest, in connection: any Connection) throws {
        var turns = Opinion.allCases.filter { $0.state == request.state }.map { ($0.bodyID(of: request), $0.role) }
        if request.state == .signing { turns = [request.consumerID, request.providerID].map { ($0, OfficerRole.signatory) } }
        for (body, role) in turns {
            for officer in try people.officers(of: body, role: role, in: connection) where officer.id != request.createdBy {
                try send("transfers.waits", to: officer.id, request, in: connection)
            }
        }
    }

    private func tellAuthor(_ request: TransferRequest, _ template: String, in connection: any Connection) throws {
        try send(template, to: request.createdBy, request, in: connection)
    }

    private func send(_ template: String, to officerID: String, _ request: TransferRequest, in connection: any Connection) throws {
        try postman.send(
            Notice(
                recipientID: officerID, bodyID: request.consumerID, template: template, values: ["title": request.title],
                link: "\(Transfers.path)/\(request.id)", idempotencyKey: "\(template):\(request.id):\(request.state.rawValue):\(request.edition):\(officerID)"),
            in: connection)
    }
}
