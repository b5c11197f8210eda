import Contracts
import Language
import Values

extension LookVisibility {
    /// Days by which a look may be told late.
    static let delayLimit = 365
    /// Years for which looks may be hidden, from the agreement's first day.
    static let hiddenYearsLimit = 5

    /// What an agreement's content says. Nil when it says it otherwise than it must: who signed that a look is hidden until a day would
    /// believe that it is.
    init?(agreement json: JSON, validFrom: CalendarDate) {
        let (days, law, until) = (json["visibilityDays"]?.int, json["visibilityLaw"]?.string, json["visibilityUntil"]?.string)
        switch json["visibility"]?.string {
        case "now" where days == nil && law == nil && until == nil: self = .now
        case "count-only" where days == nil && law == nil && until == nil: self = .countOnly
        case "delayed":
            guard let days, (1...Int64(LookVisibility.delayLimit)).contains(days), law == nil, until == nil else { return nil }
            self = .delayed(days: Int(days))
        case "hidden":
            guard let law, !law.isEmpty, let end = until.flatMap({ CalendarDate($0) }), days == nil, end > validFrom,
                end <= validFrom.adding(days: LookVisibility.hiddenYearsLimit * 366)
            else { return nil }
            self = .hidden(law: law, until: end)
        default: return nil
        }
    }
}
