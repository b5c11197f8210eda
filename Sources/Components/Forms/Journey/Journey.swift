import Language
import Values
import Web

/// The way of one person through a form: a pure function of (document, answers), replayed from the first page on every request. So going
/// back, changing an answer, stale answers and deep links need no code of their own, and two tabs cannot disagree.
struct Journey: Sendable {
    /// A page that has been reached.
    struct Page: Sendable {
        let step: FormStep
        /// The questions that are there, with `isRequired` as it is now.
        let fields: [FormField]
        let faults: [FieldFault]
        let isConfirmed: Bool
        var isComplete: Bool { isConfirmed && faults.isEmpty }
    }

    /// Why a journey ends before its last page.
    struct End: Sendable {
        let ruleID: String
        let page: FormRule.EndPage
        /// Nothing to ask for here, against: not with these answers.
        let isExit: Bool
        let after: String
    }

    /// A rule that could not be evaluated.
    struct BrokenRule: Sendable, Equatable {
        let ruleID: String
        let error: JsonLogicError
    }

    /// What rules may know beside the answers.
    struct Context: Sendable {
        let today: CalendarDate
        /// The body that governs a locality, when it works with this site.
        let municipality: @Sendable (Int) -> String?
        init(today: CalendarDate, municipality: @escaping @Sendable (Int) -> String? = { _ in nil }) {
            (self.today, self.municipality) = (today, municipality)
        }
    }

    /// In order; the last may be incomplete, all before are complete.
    private(set) var pages: [Page] = []
    private(set) var end: End?
    /// The answers that count: reached, visible, or set by a rule.
    private(set) var effective = Answers()
    /// Answers that were given and do not count, because the way no longer leads to them.
    private(set) var stale: [JSONPointer] = []
    private(set) var isComplete = false
    /// The body that will decide, once the answers tell.
    private(set) var bodyID: String?

    /// Nobody gets past a rule that cannot be evaluated: what it would have hidden, refused or ended is not known. The last page has the
    /// fault `unchecked` then.
    private(set) var broken: BrokenRule?

    /// The page to go on with; nil when the journey has ended or is complete.
    var current: Page? { pages.last.flatMap { $0.isComplete ? nil : $0 } }

    func page(_ id: String) -> Page? { pages.first { $0.step.id == id } }

    func page(before id: String) -> Page? {
        guard let index = pages.firstIndex(where: { $0.step.id == id }), index > 0 else { return nil }
        return pages[index - 1]
    }

    static func replay(_ document: FormDocument, _ answers: Answers, _ context: Context) -> Journey {
        var walk = JourneyWalk(document: document, answers: answers, context: context)
        walk.run()
        var journey = Journey()
        journey.pages = walk.pages
        journey.end = walk.end
        journey.broken = walk.broken
        let effective = walk.effective
        journey.effective = effective
        journey.effective.confirmed = answers.confirmed
        journey.effective.notes = answers.notes.filter { id, _ in walk.pages.contains { $0.step.id == id } }
        journey.isComplete = walk.isFinished
        journey.bodyID = walk.bodyID
        journey.stale = document.fields.map(\.pointer).filter { answers.value(at: $0) != nil && effective.value(at: $0) == nil }
        return journey
    }
}
