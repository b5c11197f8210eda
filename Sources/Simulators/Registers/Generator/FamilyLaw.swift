/// The figures families are drawn by. They are rounded from public statistics and need only be plausible.
enum FamilyLaw {
    /// Part of the founding families, by community. Arab families are larger, so that their part of the people comes out near 20 %.
    static let communities: [(Community, Double)] = [
        (.hebrew, 0.765), (.arabic, 0.165), (.russian, 0.035), (.ethiopian, 0.018), (.french, 0.017),
    ]

    /// How many children a couple has that wants them: weights for 0, 1, 2 …
    static func children(_ community: Community) -> [Double] {
        switch community {
        case .arabic: [0.05, 0.10, 0.22, 0.26, 0.18, 0.10, 0.05, 0.04]
        case .hebrew: [0.07, 0.12, 0.28, 0.27, 0.12, 0.06, 0.04, 0.04]
        case .ethiopian: [0.06, 0.12, 0.24, 0.26, 0.16, 0.10, 0.06]
        case .french: [0.07, 0.13, 0.26, 0.26, 0.16, 0.12]
        case .russian: [0.12, 0.28, 0.42, 0.14, 0.04]
        }
    }

    static func hasDied(age: Int) -> Double {
        switch age {
        case ..<50: 0.005
        case ..<60: 0.02
        case ..<70: 0.08
        case ..<80: 0.24
        case ..<90: 0.52
        default: 0.82
        }
    }

    /// The part of people of an age who have married at least once.
    static func hasMarried(age: Int, _ community: Community) -> Double {
        let from = community == .arabic ? 19.0 : 21.0
        return min(0.93, max(0, (Double(age) - from) * 0.075))
    }

    static let divorced = 0.11
    static let livesAtHomeUnder25 = 0.85
    static let livesAtHomeLater = 0.25
    static let staysInTown = 0.55
    /// Villages below this have no street names.
    static let populationWithStreets = 1_500
    static let motherAgeYoungest = 20
    static let motherAgeOldest = 43
}
