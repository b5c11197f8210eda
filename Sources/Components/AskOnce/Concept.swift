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

    static let ownNumber = "@nationalNumber"
}
