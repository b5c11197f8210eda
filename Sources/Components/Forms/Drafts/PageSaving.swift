import Contracts
import Values
import Web

/// What came of a posted page.
enum SaveOutcome: Sendable {
    case saved(Draft, Journey)
    /// Nothing was saved; the page is shown again as it was typed.
    case refused([FieldFault])
}

extension Forms {
    static let noteLimit = 1_000

    /// Reads a page, checks it together with everything else, and saves it when nothing is wrong on it.
    func save(_ posted: Posted, step: FormStep, draft: Draft, document: FormDocument, actor: Actor) async throws -> SaveOutcome {
        let (trial, decodeFaults) = read(posted, step: step, into: draft, document)
        let journey = replay(document, trial, context(at: clock.now()))
        guard let page = journey.page(step.id) else { return .refused([]) }
        let faults = page.fields.flatMap { field -> [FieldFault] in
            let place = field.pointer.description
            if let fault = decodeFaults[place] { return [fault] }
            return page.faults.filter { $0.pointer == place || $0.pointer.hasPrefix(place + "/") }
        }
        guard faults.isEmpty else { return .refused(faults) }
        let places = places
        let visible = page.fields.map(\.pointer)
        let (saved, after) = try await change(draft.id, actor: actor) { draft, _ in
            let (read, _) = Forms.read(posted, step: step, into: draft, document, places)
            for pointer in visible where step.holdsTyped(pointer) {
                draft.answers.set(read.value(at: pointer), at: pointer, source: read.sources[pointer.description] ?? .person)
            }
            draft.answers.notes[step.id] = read.notes[step.id]
            draft.answers.confirmed.insert(step.id)
        }
        return .saved(saved, after)
    }

    private func read(_ posted: Posted, step: FormStep, into draft: Draft, _ document: FormDocument) -> (Answers, [String: FieldFault]) {
        Forms.read(posted, step: step, into: draft, document, places)
    }

    /// The answers with what was typed on a page in them. What a register holds is taken from the register, whatever was posted.
    static func read(
        _ posted: Posted, step: FormStep, into draft: Draft, _ document: FormDocument, _ places: PlaceIndex
    ) -> (Answers, [String: FieldFault]) {
        var answers = draft.answers
        var faults: [String: FieldFault] = [:]
        for field in step.fields where step.holdsTyped(field.pointer) {
            if let known = draft.known(document.concept(of: field.pointer)) {
                answers.set(known.value, at: field.pointer, source: known.source)
                continue
            }
            switch field.decode(posted, places: places) {
            case .value(let value): answers.set(value, at: field.pointer)
            case .absent: answers.set(.none, at: field.pointer)
            case .fault(let code, let part, let arguments):
                let place = field.pointer.description
                faults[place] = FieldFault(part.map { "\(place)/\($0)" } ?? place, code, arguments)
            }
        }
        let note = posted.text("_wrong")
        answers.notes[step.id] = note.isEmpty ? nil : String(note.prefix(noteLimit))
        answers.confirmed.insert(step.id)
        return (answers, faults)
    }
}

extension FormStep {
    /// Files and repeating groups are kept as they come and not posted with the page.
    func holdsTyped(_ pointer: JSONPointer) -> Bool {
        fields.contains { $0.pointer == pointer && $0.widget != .file && $0.widget != .group }
    }

    var group: FormField? { fields.first { $0.widget == .group } }
    var hasFiles: Bool { fields.contains { $0.widget == .file } }
}
