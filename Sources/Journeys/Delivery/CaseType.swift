import Language
import Values

/// How cases of one kind go, as data: stages, norm, fee, legs at other bodies, papers (ZGW calls it a zaaktype).
struct CaseType: Sendable, Hashable {
    struct Stage: Sendable, Hashable {
        let id: String
        let name: LocalizedText
        /// What happens in it, in the person's words.
        let detail: LocalizedText
        /// Whether the person gets a message when her case comes to it.
        let tellsPerson: Bool
    }

    struct Fee: Sendable, Hashable {
        /// The stage in which a case waits for it.
        let stage: String
        let product: String
        let amount: Money
        let description: LocalizedText
    }

    /// An answer that stands on the paper: one, or several in a row, such as street and house.
    struct PaperLine: Sendable, Hashable {
        let label: LocalizedText
        let pointers: [JSONPointer]
        /// Where else to look when there is nothing at the pointers.
        let otherwise: [JSONPointer]
        /// Said after a number, such as m².
        let unit: LocalizedText?
    }

    /// What the body is told of, until the end of the year, once it has approved a request.
    struct Follows: Sendable, Hashable {
        /// What may change, such as the registered address.
        let name: LocalizedText
        /// An event of a register, such as `population.addressChanged`.
        let operation: String
        /// Of the agreement.
        let purpose: String
        /// The values of an event that stand on the case's page.
        let shows: [JSONPointer]
    }

    let id: String
    let version: Int
    let formID: String
    let stages: [Stage]
    let workingDays: Int
    let fee: Fee?
    let legs: Legs?
    /// The stage in which a case lies until an officer takes it; taking it moves it on.
    let queue: String?
    /// Result → template of the paper.
    let documents: [String: String]
    let paperLines: [PaperLine]
    let follows: Follows?
    /// The provision under which officers read the answers.
    let law: String

    func stage(_ id: String) -> Stage? { stages.first { $0.id == id } }

    /// Where a new case begins: at the fee when there is one.
    var firstStage: String { fee?.stage ?? stages.first?.id ?? "" }

    /// The stage after this one, or nil at the end.
    func stage(after id: String) -> Stage? {
        guard let index = stages.firstIndex(where: { $0.id == id }), index + 1 < stages.count else { return nil }
        return stages[index + 1]
    }

    func waitsForFee(_ item: Case) -> Bool { item.state == .waiting && item.stage == fee?.stage }
}

/// Approvals of other bodies, chosen by rules over the answers.
struct Legs: Sendable, Hashable {
    /// An answer that brings a body in whatever the licensing order says, such as alcohol the police.
    struct Condition: Sendable, Hashable {
        let pointer: JSONPointer
        let value: JSON

        func holds(in answers: JSON) -> Bool { answers.value(at: pointer) == value }
    }

    struct Approver: Sendable, Hashable {
        /// Column of the licensing rules.
        let column: String
        let bodyID: String
        let alsoWhen: [Condition]
        /// The places in the answers that it needs for its approval; it sees no others.
        let sees: [JSONPointer]
    }

    let stage: String
    let kindPointer: JSONPointer
    let areaPointer: JSONPointer
    /// In the order in which they are shown.
    let approvers: [Approver]
    /// Working days a leg may take.
    let workingDays: Int

    func rule(for answers: JSON, in rules: LicensingRules) -> LicensingRules.Rule? {
        rules.rule(kind: answers.value(at: kindPointer)?.string ?? "", area: answers.value(at: areaPointer)?.double ?? 0)
    }

    /// Who must approve a request with these answers. A kind that the order does not name goes to everybody.
    func approvers(for answers: JSON, by rules: LicensingRules) -> [Approver] {
        let named = rule(for: answers, in: rules)?.approvals ?? Set(LicensingRules.columns)
        return approvers.filter { approver in named.contains(approver.column) || approver.alsoWhen.contains { $0.holds(in: answers) } }
    }

    /// What a body sees of the answers: nothing when the case type does not name it.
    func places(seenBy bodyID: String) -> [JSONPointer] { approvers.first { $0.bodyID == bodyID }?.sees ?? [] }
}
