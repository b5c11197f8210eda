import Testing
import Trust
import Values

struct CheckpointTests {
    /// The example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
    private let verifierText = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private let secret = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    private let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    private let signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

    private var note: String { "\(text)\n— PeterNeumann \(signature)\n" }

    private func signer() throws -> NoteSigner {
        let seed = Array(try #require(Base64.decode(secret)).dropFirst())
        return try NoteSigner(name: "PeterNeumann", key: SigningKey(.ed25519, secret: seed))
    }

    @Test func publishedNote() throws {
        let signer = try signer()
        #expect(signer.verifier.text == verifierText)
        #expect(try signer.sign(text) == note)
        let verifier = try NoteVerifier(verifierText)
        #expect(try verifier.verifiedText(of: note) == text)
    }

    @Test func changedNotesFail() throws {
        let verifier = try NoteVerifier(verifierText)
        #expect(throws: NoteError.invalidSignature) { try verifier.verifiedText(of: "x" + note) }
        #expect(throws: NoteError.unsigned) { try verifier.verifiedText(of: note.replacing("— Peter", with: "— Petra")) }
        #expect(throws: NoteError.malformed("no signature block")) { try verifier.verifiedText(of: text) }
        #expect(throws: NoteError.malformed("signature line")) { try verifier.verifiedText(of: note + "nonsense\n") }
        #expect(throws: NoteError.malformed("control character")) { try verifier.verifiedText(of: "\t" + note) }
        #expect(throws: NoteError.unusableKey) { try NoteVerifier(verifierText.replacing("c74f", with: "c74e")) }
        #expect(throws: NoteError.unusableKey) { try NoteSigner(name: "two words", key: .generate()) }
        #expect(throws: NoteError.unusableKey) { try NoteSigner(name: "curve", key: .generate(.ecdsaP256)) }
    }

    @Test func anotherSignersLineIsPassedOver() throws {
        let both = try note + "— EnochRoot " + Base64.encode([UInt8](repeating: 7, count: 68)) + "\n"
        #expect(try NoteVerifier(verifierText).verifiedText(of: both) == text)
    }

    @Test func checkpointsReadBack() throws {
        let signer = try NoteSigner(name: "log.example/audit", key: .generate())
        let root = MerkleTree.root(of: [MerkleTree.leafHash([1])])
        let checkpoint = Checkpoint(origin: "log.example/audit", size: 1, root: root, extensions: ["time 1790000000"])
        let note = try checkpoint.signed(by: signer)
        #expect(note.hasPrefix("log.example/audit\n1\n\(Base64.encode(root.bytes))\ntime 1790000000\n\n— log.example/audit "))
        #expect(try Checkpoint.verified(note, origin: "log.example/audit", by: signer.verifier) == checkpoint)
        #expect(throws: NoteError.malformed("origin")) { try Checkpoint.verified(note, origin: "log.example/other", by: signer.verifier) }
        let stranger = try NoteSigner(name: "log.example/audit", key: .generate())
        #expect(throws: NoteError.unsigned) { try Checkpoint.verified(note, origin: "log.example/audit", by: stranger.verifier) }
    }

    @Test func malformedCheckpointsAreRefused() throws {
        let signer = try NoteSigner(name: "log", key: .generate())
        let root = Base64.encode(MerkleTree.emptyRoot.bytes)
        let malformed = [
            "log\n01\n\(root)\n", "log\n-1\n\(root)\n", "log\n+1\n\(root)\n", "log\n1\n\(root.dropLast(4))\n", "log\n1\n", "\n1\n\(root)\n",
        ]
        for text in malformed {
            let note = try signer.sign(text)
            #expect(throws: NoteError.self) { try Checkpoint.verified(note, origin: "log", by: signer.verifier) }
        }
        let twoLines = Checkpoint(origin: "a\nb", size: 1, root: MerkleTree.emptyRoot)
        #expect(throws: NoteError.self) { try twoLines.signed(by: signer) }
    }
}
