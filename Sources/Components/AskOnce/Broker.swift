public import Contracts
public import Database
public import Logging
import Values
public import Web

/// Finds out what the state already knows, so that nobody is asked twice. Each register is asked once for all concepts that rest on the
/// same evidence, and all registers at the same time.
public struct Broker: EvidenceBroker {
    private let concepts: ConceptList
    private let exchange: any Exchange
    private let people: any People
    private let database: any Database
    private let logger: Logger

    public init(concepts: ConceptList, exchange: any Exchange, people: any People, database: any Database, logger: Logger) {
        (self.concepts, self.exchange, self.people, self.database, self.logger) = (concepts, exchange, people, database, logger)
    }

    public func knows(_ concept: String) -> Bool { concepts.concept(concept) != nil }

    /// Concepts that are not known get no outcome. A business number that is not given is that of the business acted for, or of the
    /// only one the person signs for.
    ///
    /// - Throws: `AskOnceError.unknownSubject`, `DatabaseError`. A register that is down throws nothing: its concepts are unavailable.
    public func evidence(
        for wanted: [String], about subjectID: String, actor: Actor, consumerID: String, purpose: String, basis: Basis, caseID: String?,
        parameters: [String: String]
    ) async throws -> [String: Evidence] {
        var groups: [EvidenceType: [Concept]] = [:]
        for concept in Set(wanted).compactMap(concepts.concept) {
            if let type = concepts.type(of: concept) { groups[type, default: []].append(concept) }
        }
        guard !groups.isEmpty else { return [:] }
        let people = people
        // Data about a business is asked for by the person who acts for it: hers is the number that registers of people know.
        let isBusinessActedFor = if case .representative(subjectID) = actor.capacity { true } else { false }
        let holderID = isBusinessActedFor ? actor.id : subjectID
        guard let number = try await database.read({ try people.nationalNumber(of: holderID, in: $0) }) else {
            throw AskOnceError.unknownSubject
        }
        var given = parameters
        given[EvidenceType.ownNumber] = number
        if case .representative(let business) = actor.capacity, given["businessNumber"] == nil { given["businessNumber"] = business }
        let question = Question(
            given: given,
            frame: ExchangeRequest(
                consumerID: consumerID, operation: "", parameters: [:], subjectID: holderID, actor: actor, purpose: purpose, basis: basis,
                caseID: caseID))
        return await withTaskGroup(of: [String: Evidence].self) { tasks in
            for (type, group) in groups { tasks.addTask { await find(group, of: type, question) } }
            return await tasks.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }

    /// What is the same for all registers that are asked.
    private struct Question {
        /// Values by name, the person's own number among them.
        let given: [String: String]
        /// Its subject is the person whose number that is.
        let frame: ExchangeRequest

        /// Nil when a value that the operation takes is not there. Its subject is whose data is asked for, so that the look stands in the
        /// list of the business when it is the business's.
        func request(_ type: EvidenceType, _ derived: [String: String] = [:]) -> ExchangeRequest? {
            var request = frame
            request.operation = type.operation
            for (name, source) in type.parameters {
                guard let value = given[source] ?? derived[name], !value.isEmpty else { return nil }
                request.parameters[name] = value
            }
            if let subject = type.subject { request.subjectID = request.parameters[subject] }
            return request
        }
    }

    private func find(_ group: [Concept], of type: EvidenceType, _ question: Question) async -> [String: Evidence] {
        func all(_ evidence: Evidence) -> [String: Evidence] { Dictionary(uniqueKeysWithValues: group.map { ($0.id, evidence) }) }
        do {
            // Without a parameter there is nothing to ask yet.
            guard let request = try await request(type, question) else { return all(.unknown(ownerID: type.ownerID)) }
            let answer = try await exchange.ask(request)
            guard let value = answer.value else { return all(.unknown(ownerID: answer.ownerID)) }
            let source = AnswerSource.register(
                ownerID: answer.ownerID, operation: type.operation, agreementID: answer.agreementID, at: answer.at)
            return Dictionary(
                uniqueKeysWithValues: group.map { concept in
                    (concept.id, concept.value(in: value).map { .known($0, source) } ?? .unknown(ownerID: answer.ownerID))
                })
        } catch {
            // The person goes on and answers herself; operators are told.
            let level: Logger.Level = if case .unavailable = error { .warning } else { .error }
            let (consumer, purpose) = (question.frame.consumerID, question.frame.purpose)
            logger.log(
                level: level, "a register could not be asked",
                metadata: ["operation": "\(type.operation)", "consumer": "\(consumer)", "purpose": "\(purpose)", "error": "\(error)"])
            return all(.unavailable(ownerID: type.ownerID))
        }
    }

    private func request(_ type: EvidenceType, _ question: Question) async throws(ExchangeError) -> ExchangeRequest? {
        if let request = question.request(type) { return request }
        var derived: [String: String] = [:]
        for (name, rule) in type.derived {
            guard let other = concepts.type(rule.evidenceType), let request = question.request(other) else { continue }
            derived[name] = try await exchange.ask(request).value.flatMap(rule.value)
        }
        return question.request(type, derived)
    }
}
