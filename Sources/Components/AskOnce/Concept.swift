public import Language
import Values

/// Something a form may need to know, such as `person.address`, and how to read it out of an evidence.
public struct Concept: Sendable, Hashable {
    /// How the value is made from a register's answer.
    enum Mapping: Sendable, Hashable {
        /// The value at one place.
        case value(JSONPointer)
        /// Texts at several places, joined by spaces.
        case join([JSONPointer])
        /// An object: where each member stands in it, and where it comes from.
        case fields([JSONPointer: JSONPointer])
    }

    public let id: String
    public let name: LocalizedText
    let evidenceType: String
    let mapping: Mapping

    /// The concept's value, or nil when the answer has nothing for it.
    func value(in answer: JSON) -> JSON? {
        switch mapping {
        case .value(let pointer):
            return answer.value(at: pointer).flatMap { $0.isNull ? nil : $0 }
        case .join(let pointers):
            let texts = pointers.compactMap { answer.value(at: $0)?.string }.filter { !$0.isEmpty }
            return texts.isEmpty ? nil : .string(texts.joined(separator: " "))
        case .fields(let fields):
            var value = JSON.object([:])
            for (target, source) in fields {
                if let found = answer.value(at: source), !found.isNull { value.set(found, at: target) }
            }
            return value == .object([:]) ? nil : value
        }
    }
}

/// A kind of proof: which register's operation gives it, and what that takes.
struct EvidenceType: Sendable, Hashable {
    /// `register.operation`
    let operation: String
    let ownerID: String
    /// Parameter of the operation → `@nationalNumber` for the person's own, or the name of a parameter of the call.
    let parameters: [String: String]
    /// The parameter that names the business the evidence is about; nil when it is about the person whose number is asked with.
    let subject: String?
    /// Where a parameter is found that the call does not have.
    let derived: [String: Derivation]

    static let ownNumber = "@nationalNumber"
}

/// A parameter that another evidence tells, when it leaves no choice: the one business a person signs for.
struct Derivation: Sendable, Hashable {
    /// Id of the evidence type that has the list.
    let evidenceType: String
    let list: JSONPointer
    let member: String
    /// Members an item must have to count.
    let conditions: [String: JSON]

    /// The value, or nil unless exactly one item counts.
    func value(in answer: JSON) -> String? {
        let items = (answer.value(at: list)?.array ?? []).filter { item in conditions.allSatisfy { item[$0.key] == $0.value } }
        return items.count == 1 ? items[0][member]?.string : nil
    }
}
