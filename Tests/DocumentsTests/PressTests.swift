import Contracts
import Database
import Foundation
import Jobs
import Language
import TestKit
import Testing
import Values
import Web
@testable import Documents

/// The real thing: WeasyPrint and pyHanko.
@Suite(
    .serialized,
    .enabled(if: TestPython.has("weasyprint", "pyhanko"), "ZAMIN_PYTHON has no weasyprint: pip install -r Tools/requirements.txt"))
struct PressTests {
    private func press(_ folder: String, seconds: Int = 300) -> PythonPress {
        PythonPress(python: TestPython.path, toolsFolder: "\(TestPython.root)/Tools", keyFolder: "\(folder)/keys", seconds: seconds)
    }

    /// What a reader of PDF sees, by pyHanko's own reader: is it tagged, its language, its title, its PDF/UA part, whether it wants the
    /// title shown, the count of table header cells, and the subfilter of its signature.
    private static let look = """
        import io, json, sys
        from pyhanko.pdf_utils.reader import PdfFileReader
        reader = PdfFileReader(io.BytesIO(sys.stdin.buffer.read()))
        root = reader.root
        kinds = []
        def walk(node, depth=0):
            node = node.get_object() if hasattr(node, 'get_object') else node
            if isinstance(node, list):
                for kid in node: walk(kid, depth + 1)
            elif isinstance(node, dict):
                if '/S' in node: kinds.append(str(node['/S']))
                if '/K' in node: walk(node['/K'], depth + 1)
        walk(root['/StructTreeRoot'])
        metadata = root['/Metadata'].data.decode()
        print(json.dumps({
            'tagged': bool(root['/MarkInfo']['/Marked']), 'lang': str(root['/Lang']), 'ua': 'pdfuaid:part' in metadata,
            'showsTitle': bool(root['/ViewerPreferences']['/DisplayDocTitle']), 'kinds': sorted(set(kinds)), 'th': kinds.count('/TH'),
            'subfilter': str(reader.embedded_signatures[0].sig_object['/SubFilter']), 'title': str(reader.trailer['/Info']['/Title']),
        }))
        """

    @Test func anOrderBecomesATaggedSignedPaper() async throws {
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(.sqlite) { database in
                let press = press(folder)
                let archive = try await Archive(database, press: press)
                let id = try await archive.order()
                try await archive.worker.runUntilIdle()
                let pdf = try #require(try await archive.pdf(id))
                #expect(try await press.isGenuine(pdf))
                let seen = try JSON.parse(try TestPython.run(["-c", Self.look], input: pdf).output)
                #expect(seen["tagged"] == true && seen["lang"] == "he" && seen["ua"] == true && seen["showsTitle"] == true)
                #expect(seen["subfilter"] == "/ETSI.CAdES.detached")
                #expect(seen["title"]?.string?.hasPrefix("החלטה: אישור הבקשה") == true)
                let kinds = Set(seen["kinds"]?.array?.compactMap(\.string) ?? [])
                #expect(kinds.isSuperset(of: ["/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD"]))
                // Two columns and three lines.
                #expect(seen["th"] == 5)
                #expect(await archive.press.calls == 0)
                let server = try archive.server(as: nil)
                #expect(await server.upload(pdf).text.contains("המסמך אמיתי"))
            }
        }
    }

    @Test func anAlteredPaperIsRefused() async throws {
        try await TestDatabases.withFolder { folder in
            let press = press(folder)
            let html = "<!DOCTYPE html><html lang=\"he\" dir=\"rtl\"><head><title>החלטה</title></head><body><h1>שלום</h1></body></html>"
            let pdf = try await press.press(html, signer: "עיריית חיפה", reason: "החלטה")
            #expect(try await press.isGenuine(pdf))
            var random = SplitMix(seed: 3)
            for _ in 0..<3 {
                var altered = pdf
                altered[Int.random(in: 200..<pdf.count * 3 / 4, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                #expect(try await !press.isGenuine(altered))
            }
            #expect(try await !press.isGenuine(pdf + Array("\n% more".utf8)))
            #expect(try await !press.isGenuine(Array(pdf.prefix(pdf.count / 2))))
            #expect(try await !press.isGenuine(Array("%PDF-1.7\nnothing".utf8)))
            #expect(try await !press.isGenuine([]))
        }
    }

    @Test func anotherKeysSignatureIsNotOurs() async throws {
        try await TestDatabases.withFolder { folder in
            let html = "<!DOCTYPE html><html lang=\"he\"><head><title>x</title></head><body><p>x</p></body></html>"
            let theirs = try await press("\(folder)/a").press(html, signer: "x", reason: "x")
            let ours = press("\(folder)/b")
            try await ours.prepareKey()
            #expect(try await !ours.isGenuine(theirs))
        }
    }

    @Test func nothingIsFetched() async throws {
        try await TestDatabases.withFolder { folder in
            for address in ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "data:text/plain,x"] {
                let head = "<!DOCTYPE html><html lang=\"he\"><head><title>x</title></head>"
                let html = "\(head)<body><img alt=\"x\" src=\"\(address)\"></body></html>"
                await #expect(throws: PressError.self) { try await press(folder).press(html, signer: "x", reason: "x") }
            }
        }
    }

    /// What a person has typed is text on the paper, whatever it looks like.
    @Test func anAnswerThatLooksLikeAnImageIsNotFetched() async throws {
        let listener = try SilentPort()
        try await TestDatabases.withFolder { folder in
            try await TestDatabases.with(.sqlite) { database in
                let archive = try await Archive(database, press: press(folder))
                let address = "http://127.0.0.1:\(listener.port)"
                let answer = "<img src=\"\(address)/a.png\"><link rel=stylesheet href=\(address)/b><style>@import url(\(address)/c)</style>"
                let id = try await archive.order(Archive.order(value: answer))
                try await archive.worker.runUntilIdle()
                #expect(try await archive.pdf(id)?.starts(with: "%PDF-".utf8) == true)
                // Nor would the press look, if it were an image.
                let html = "<!DOCTYPE html><html lang=\"he\"><head><title>x</title></head><body>\(answer)</body></html>"
                await #expect(throws: PressError.self) { try await press(folder).press(html, signer: "x", reason: "x") }
                #expect(!listener.hadVisitor())
            }
        }
    }

    @Test func theKeyIsItsOwnersAlone() async throws {
        try await TestDatabases.withFolder { folder in
            try await press(folder).prepareKey()
            let key = "\(folder)/keys/signing-key.pem"
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
            await #expect(throws: PressError.self) { try await press(folder).prepareKey() }
        }
    }

    @Test func aPressThatHangsIsStopped() async throws {
        try await TestDatabases.withFolder { folder in
            try Data("import time\ntime.sleep(30)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/render_pdf.py"))
            let stuck = PythonPress(python: TestPython.path, toolsFolder: folder, keyFolder: folder, seconds: 1)
            await #expect(throws: PressError.timedOut(seconds: 1)) { try await stuck.press("x", signer: "x", reason: "x") }
        }
    }

    @Test func nothingIsMissing() async { #expect(await press("/nowhere").shortcoming() == nil) }

    @Test func aSecretOfOursIsNotHandedOn() async throws {
        try await TestDatabases.withFolder { folder in
            setenv("ZAMIN_TEST_SECRET", "hidden", 1)
            let tool = "import os, json\nprint(json.dumps({'valid': 'ZAMIN_TEST_SECRET' not in os.environ}))\n"
            try Data(tool.utf8).write(to: URL(fileURLWithPath: "\(folder)/verify_pdf.py"))
            #expect(try await PythonPress(python: TestPython.path, toolsFolder: folder, keyFolder: folder).isGenuine([1]))
        }
    }
}

@Suite struct MissingPressTests {
    @Test func aMissingPythonIsSaidSo() async throws {
        let press = PythonPress(python: "/nowhere/python3", toolsFolder: "/nowhere", keyFolder: "/nowhere")
        await #expect(throws: PressError.self) { try await press.press("x", signer: "x", reason: "x") }
        #expect(await press.shortcoming()?.contains("pip install -r") == true)
    }
}

struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
