import Values

/// A name as the register writes it, and in Latin letters.
struct Name: Sendable, Hashable {
    let hebrew: String
    let latin: String
}

enum Sex: String, Sendable { case female, male }
enum MaritalStatus: String, Sendable, CaseIterable { case single, married, divorced, widowed }

/// Where the names of a family come from. It is no field of any register.
enum Community: Int, Sendable, CaseIterable { case hebrew, arabic, russian, ethiopian, french }

struct Address: Sendable, Hashable {
    var localityCode: Int
    /// Nil in villages without street names.
    var street: Name?
    var house: String?
    var apartment: String?
    var since: CalendarDate
}

/// A row of the population register before it is written.
struct Resident: Sendable {
    var number: String
    var givenName: Name
    var familyName: Name
    var sex: Sex
    var birthDate: CalendarDate
    var maritalStatus: MaritalStatus = .single
    /// Places in the list of residents. A parent who died or lives abroad is nil.
    var father: Int?
    var mother: Int?
    var spouse: Int?
    var address: Address
    var immigrated: CalendarDate?
    /// Cards are given from the age of 16.
    var cardIssued: CalendarDate?
}

/// A row of the register of students (Council for Higher Education).
struct Study: Sendable {
    let number: String
    let institution: StudyLists.Institution
    let programme: StudyLists.Programme
    let year: Int
    let isFullTime: Bool
    let isActive: Bool
    let since: CalendarDate
}

enum LegalForm: String, Sendable, CaseIterable {
    case company
    case soleTrader = "sole-trader"
    case partnership
}

/// A row of the register of businesses (Corporations Authority).
struct Business: Sendable {
    enum Status: String, Sendable { case active, dissolving, closed }
    let number: String
    let name: String
    let form: LegalForm
    let activity: BusinessLists.Activity
    let address: Address
    let status: Status
    let since: CalendarDate
    /// National numbers of those who sign for it, with their role; the first is the owner.
    let signatories: [(number: String, role: String)]
}
