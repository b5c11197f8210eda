import Values

/// One check of somebody's identity against one source. Rows are only ever added; what they prove is computed.
struct EvidenceRow: Sendable, Hashable {
    enum Result: String, Sendable { case match, noMatch = "no-match", unavailable }

    enum Method: String, Sendable {
        /// A register was asked whether what the person said agrees with what it holds.
        case comparison
        /// What the register holds was read, after the comparisons: it proves nothing more, and the person is told of it.
        case lookup
        case smartCard = "smart-card"
        case inPerson = "in-person"
    }

    let id: String
    /// The register, such as `population`.
    let source: String
    /// The body that owns it; empty when it could not be asked.
    let ownerID: String
    let method: Method
    /// Names of what was compared, never values.
    let fields: [String]
    let result: Result
    let agreementID: String
    let registrationID: String
    let at: Instant

    /// The register's operation, such as `population.check`.
    var operation: String { "\(source).\(method == .lookup ? "person" : "check")" }
}

/// All that is known of how an identity was proved.
struct EvidenceLedger: Sendable, Hashable {
    var rows: [EvidenceRow]

    /// 0 nothing · 1 one source · 2 two sources of different owners · 3 a smart card, or in person. Sources that were withdrawn count no
    /// more, so that everybody is graded anew at the next sign-in.
    func proofLevel(withdrawnSources: Set<String> = []) -> Int {
        let matches = rows.filter { $0.result == .match && $0.method != .lookup && !withdrawnSources.contains($0.source) }
        if matches.contains(where: { $0.method != .comparison }) { return 3 }
        return min(2, Set(matches.map(\.ownerID)).subtracting([""]).count)
    }
}
