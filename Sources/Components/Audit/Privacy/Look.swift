import Contracts
import Language
import Values

/// An officer's look at a person's data, as the log tells it.
struct Look: Sendable, Hashable {
    let entryID: String
    let subjectID: String
    let officerID: String
    let officerName: String
    let bodyID: String
    let role: String
    let at: Instant
    let basis: Basis?
    let caseID: String?
    let visibility: LookVisibility

    /// Nil for what is no officer's look: a person's own, a program's, a change, and what a privacy officer does to judge looks.
    init?(_ record: AuditRecord) {
        guard let body = record.bodyID, let role = record.role, ["read", "fetch"].contains(record.action), !record.actorID.hasPrefix("system:"),
            !record.what.hasPrefix("privacy.")
        else { return nil }
        (entryID, subjectID, officerID, officerName) = (record.id, record.subjectID, record.actorID, record.actorName)
        (bodyID, self.role, at, basis, caseID, visibility) = (body, role, record.at, record.basis, record.caseID, record.visibility)
    }

    var day: CalendarDate { IsraelTime.date(at) }
}

/// Why a look needs an explanation. The log knows no family names and no addresses, so neighbours and relatives cannot be told from it.
enum AlarmKind: String, Sendable, CaseIterable {
    /// At oneself, in office.
    case own
    /// At somebody who holds an office at the same body.
    case colleague
    /// At somebody who had no case there, and did not ask for it in another way either.
    case noCase = "no-case"
    /// On a day on which offices do not work, or before or after their hours.
    case offHours = "off-hours"
    /// At far more people in a day than others in the same role.
    case volume
}

/// What the rules hold a look against.
struct LookCircumstances: Sendable, Hashable {
    var isColleague: Bool
    var hadCase: Bool
    var isWorkingDay: Bool
}

enum LookRules {
    /// Local hours in which offices work: from the first until before the second.
    static let hours = 7..<19
    /// A case that is closed may be looked at for so many days more, as for an appeal.
    static let daysAfterClosing: Int64 = 30
    /// Within so many days an alarm is to be judged.
    static let daysToJudge = 14

    /// A pure function of the look and what is known around it.
    static func alarms(_ look: Look, _ known: LookCircumstances) -> [AlarmKind] {
        var kinds: [AlarmKind] = []
        if look.subjectID == look.officerID { kinds.append(.own) } else if known.isColleague { kinds.append(.colleague) }
        if !known.hadCase, !look.isAsked { kinds.append(.noCase) }
        if !known.isWorkingDay || !hours.contains(IsraelTime.local(look.at).hour) { kinds.append(.offHours) }
        return kinds
    }
}

extension Look {
    /// Whether she asked for it herself in a way that is no case, such as with the code she shows at an office, or agreed to it.
    fileprivate var isAsked: Bool {
        switch basis {
        case .request: caseID == nil
        case .consent: true
        case .law, nil: false
        }
    }
}

/// Whether somebody looked at far more people than others who do the same work: the modified z-score of Iglewicz and Hoaglin (How to Detect
/// and Handle Outliers, 1993; NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.17), by median and median absolute deviation, which one
/// who looks at everybody cannot pull up as she would a mean.
enum LookVolume {
    /// Fewer colleagues tell nothing.
    static let fewestPeers = 4
    /// So few people in a day are never far too many.
    static let everydayLimit = 20
    static let highestScore = 3.5

    /// - Parameters:
    ///   - people: at how many she looked.
    ///   - peers: at how many each of the others looked.
    /// - Returns: what is usual when it is far above that; else nil.
    static func excess(_ people: Int, among peers: [Int]) -> Int? {
        guard peers.count >= fewestPeers, people > everydayLimit else { return nil }
        let usual = median(peers.map(Double.init))
        // Where all do alike, a difference of one is the smallest there is.
        let deviation = max(1, median(peers.map { abs(Double($0) - usual) }))
        return 0.6745 * (Double(people) - usual) / deviation > highestScore ? Int(usual.rounded()) : nil
    }

    private static func median(_ values: [Double]) -> Double {
        let (sorted, middle) = (values.sorted(), values.count / 2)
        return values.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
