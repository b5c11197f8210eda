public import Contracts
public import Database
public import Language
public import Trust
public import Values

/// Reading what was sent, for the modules that work on it.
public struct SubmissionArchive: SubmissionReader {
    let library: FormLibrary
    let store: SubmissionStore
    let catalogue: StringCatalogue
    let places: PlaceIndex
    let bodies: any BodyDirectory

    public init(library: FormLibrary, vault: Vault, catalogue: StringCatalogue, bodies: any BodyDirectory) {
        (self.library, store, self.catalogue, self.bodies) = (library, SubmissionStore(vault: vault), catalogue, bodies)
        places = PlaceIndex(bodies.localities)
    }

    public func sections(of submissionID: String, language: Language, in connection: any Connection) throws -> [AnswerSection] {
        try sections(of: submissionID, language, in: connection) { _ in true }
    }

    public func sections(
        of submissionID: String, under places: [JSONPointer], language: Language, in connection: any Connection
    ) throws -> [AnswerSection] {
        try sections(of: submissionID, language, in: connection) { field in
            let widgets = [field.widget] + field.entries.map(\.widget)
            return places.contains { field.pointer.tokens.starts(with: $0.tokens) } && !widgets.contains { $0 == .nationalNumber || $0 == .person }
        }
    }

    private func sections(
        of submissionID: String, _ language: Language, in connection: any Connection, where isShown: (FormField) -> Bool
    ) throws -> [AnswerSection] {
        guard let submission = try store.find(submissionID, in: connection),
            let document = library.document(submission.formID, version: submission.formVersion)
        else { return [] }
        let words = AnswerText(language: language, catalogue: catalogue, places: places)
        // What was sent is complete by itself, so the day of reading changes nothing in it.
        let pages = document.steps.compactMap { step -> Journey.Page? in
            let fields = step.fields.filter { submission.answers.value(at: $0.pointer) != nil && isShown($0) }
            return fields.isEmpty ? nil : Journey.Page(step: step, fields: fields, faults: [], isConfirmed: true)
        }
        let scans = try AttachmentRoom.scans(holderID: submission.id, in: connection)
        return AnswerOverview(document: document, words: words, scans: scans).parts(pages, submission.answers, where: isShown).map { part in
            AnswerSection(title: part.title, lines: part.lines.map(\.line))
        }
    }

    public func answers(of submissionID: String, in connection: any Connection) throws -> JSON? {
        try store.find(submissionID, in: connection)?.answers.values
    }
}
