import Contracts
import Values
import Web

extension Forms {
    /// Adds a file to a question. Throws a `FormsError` whose `fieldCode` tells what is wrong with it.
    func attach(_ file: UploadedFile, to field: FormField, draft: Draft, actor: Actor) async throws {
        let count = draft.answers.value(at: field.pointer)?.array?.count ?? 0
        guard count < AttachmentRoom.countLimit else { throw FormsError.tooManyFiles(limit: AttachmentRoom.countLimit) }
        let prepared = try await room.prepare([file], holderID: draft.id, scope: DraftStore.scope, subjectID: draft.subjectID)
        let entries = prepared.map(\.attachment).map { attachment -> JSON in
            ["id": .string(attachment.id), "name": .string(attachment.name), "type": .string(attachment.type), "size": .int(Int64(attachment.size))]
        }
        let (pointer, room) = (field.pointer, room)
        // Kept together with the answer that names it: of a draft that was sent meanwhile no file is left behind.
        _ = try await change(draft.id, actor: actor) { draft, connection in
            let files = draft.answers.value(at: pointer)?.array ?? []
            guard files.count < AttachmentRoom.countLimit else { throw FormsError.tooManyFiles(limit: AttachmentRoom.countLimit) }
            try room.store(prepared, in: connection)
            draft.answers.set(.array(files + entries), at: pointer)
        }
    }

    func detach(_ attachmentID: String, draft: Draft, document: FormDocument, actor: Actor) async throws {
        let (pointers, room) = (document.fields.filter { $0.widget == .file }.map(\.pointer), room)
        _ = try await change(draft.id, actor: actor) { draft, connection in
            try room.remove(attachmentID, holderID: draft.id, in: connection)
            for pointer in pointers {
                guard let files = draft.answers.value(at: pointer)?.array else { continue }
                let kept = files.filter { $0["id"]?.string != attachmentID }
                draft.answers.set(kept.isEmpty ? .none : .array(kept), at: pointer)
            }
        }
    }
}
