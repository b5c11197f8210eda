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

    /// Concepts that are not known get no outcome.
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
        var number: String?
        if groups.keys.contains(where: { $0.parameters.values.contains(EvidenceType.ownNumber) }) {
            let people = people
            number = try await database.read { try people.nationalNumber(of: subjectID, in: $0) }
            guard number != nil else { throw AskOnceError.unknownSubject }
        }
        return await withTaskGroup(of: [String: Evidence].self) { tasks in
            for (type, group) in groups {
                let request = question(type, number, parameters).map { values in
                    ExchangeRequest(
                        consumerID: consumerID, operation: type.operation, parameters: values, subjectID: subjectID, actor: actor,
                        purpose: purpose,
                        basis: basis, caseID: caseID)
                }
                tasks.addTask { await ask(request, type, group) }
            }
            return await tasks.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
    }

    /// The operation's parameters, or nil when one of them is not there: then there is nothing to ask yet.
    private func question(_ type: EvidenceType, _ number: String?, _ given: [String: String]) -> [String: String]? {
        var values: [String: String] = [:]
        for (name, source) in type.parameters {
            guard let value = source == EvidenceType.ownNumber ? number : given[source], !value.isEmpty else { return nil }
            values[name] = value
        }
        return values
    }

    private func ask(_ request: ExchangeRequest?, _ type: EvidenceType, _ group: [Concept]) async -> [String: Evidence] {
        func all(_ evidence: Evidence) -> [String: Evidence] { Dictionary(uniqueKeysWithValues: group.map { ($0.id, evidence) }) }
        guard let request else { return all(.unknown(ownerID: type.ownerID)) }
        do {
            let answer = try await exchange.ask(request)
            let source = AnswerSource.register(
                ownerID: answer.ownerID, operation: type.operation, agreementID: answer.agreementID, at: answer.at)
            guard let value = answer.value else { return all(.unknown(ownerID: answer.ownerID)) }
            return Dictionary(
                uniqueKeysWithValues: group.map { concept in
                    (concept.id, concept.value(in: value).map { .known($0, source) } ?? .unknown(ownerID: answer.ownerID))
                })
        } catch {
            // The person goes on and answers herself; operators are told.
            let level: Logger.Level = if case .unavailable = error { .warning } else { .error }
            logger.log(
                level: level, "a register could not be asked",
                metadata: [
                    "operation": "\(type.operation)", "consumer": "\(request.consumerID)", "purpose": "\(request.purpose)",
                    "error": "\(error)",
                ])
            return all(.unavailable(ownerID: type.ownerID))
        }
    }
}
