import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Trust
import Values

/// Exchanges between two bodies, the whole way: a local system asks its gateway, which decides, signs and asks the other body's gateway over
/// mutual TLS, which verifies, decides, asks the register, minimises, logs, signs and answers; the asking gateway verifies, minimises and
/// logs with the person's look. Beside it, two nginx hops with mutual TLS before the same register, which do none of that.
enum SpineFigures {
    private static let seconds = 10
    private static let connections = 32

    @Sendable static func measure() async throws -> [Figure] {
        try await DemoCountry.with(people: 2_000, more: [:]) { country in
            let houses = try await Houses(country)
            defer { houses.stop() }
            let nginx = try houses.startNginx()
            defer { Programs.stop(nginx) }
            _ = try await Programs.firstAnswer(houses.ports.nginxHealth, "/health")
            // Warm, one after the other, so that each has both cores.
            _ = try houses.load(houses.chainURL, seconds: 3)
            _ = try houses.load(houses.nginxURL, seconds: 2)
            let chain = try houses.load(houses.chainURL, seconds: seconds)
            let reference = try houses.load(houses.nginxURL, seconds: seconds)
            let memory = try [houses.asker, houses.answerer].map(Programs.residentMegabytes).max() ?? 0
            let client = HTTPClient(eventLoopGroupProvider: .singleton)
            let bare: [Double]
            let full: [Double]
            do {
                // At half of what passes, so that what is measured is the way and not the queue before it.
                full = try await latencies(client, houses.chainURL, rate: chain / 2)
                bare = try await latencies(client, houses.bareURL, rate: chain / 2)
                try await client.shutdown()
            } catch {
                try? await client.shutdown()
                throw error
            }
            let added = (Measuring.percentile(full, 0.99) - Measuring.percentile(bare, 0.99)) * 1_000
            return [
                Figure(
                    name: "exchanges, both gateways and the register", value: chain, unit: "per s",
                    reference: .init(value: reference, what: "per s, two nginx hops with mutual TLS"), goal: .atLeast(2_000)),
                Figure(
                    name: "added p99 at half of that", value: added, unit: "ms",
                    reference: .init(value: Measuring.percentile(bare, 0.99) * 1_000, what: "ms, p99 of the register alone"), goal: .atMost(5)),
                Figure(
                    name: "resident memory of a gateway, after load", value: memory, unit: "MB",
                    reference: .init(value: try Programs.residentMegabytes(houses.register), what: "MB, the bare register"), goal: .atMost(100)),
            ]
        }
    }

    /// How long each question took, in seconds, when they come at a steady rate whether or not earlier ones are answered.
    private static func latencies(_ client: HTTPClient, _ url: String, rate: Double) async throws -> [Double] {
        let count = Int(rate) * seconds
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for number in 0..<count {
                let due = start + .seconds(Double(number) / rate)
                try await Task.sleep(until: due, clock: .continuous)
                group.addTask {
                    // From when it was due: a generator that falls behind must not hide it.
                    var request = HTTPClientRequest(url: url)
                    request.method = .POST
                    request.headers.add(name: "Authorization", value: "Bearer \(Houses.token)")
                    request.headers.add(name: "Content-Type", value: "application/json")
                    request.body = .bytes(Array(Houses.question.utf8))
                    let answer = try await client.execute(request, timeout: .seconds(30))
                    _ = try await answer.body.collect(upTo: 1 << 20)
                    guard answer.status == .ok else { throw BenchmarkError("\(url): \(answer.status)") }
                    return (ContinuousClock.now - due).seconds
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// Two gateways with databases of their own, a register, and nginx twice, in one folder. The centre is asked once and then stopped.
private final class Houses {
    static let token = String(repeating: "t", count: 40)
    static let question = """
        {"consumer":"municipality-haifa","parameters":{"nationalNumber":"600000012"},"purpose":"municipal-tax-discount",\
        "basis":{"kind":"law","reference":"arnona-regulations-1993"},"case":"case-1",\
        "actor":{"kind":"person","id":"somebody","name":"x","credential":2,"proof":2}}
        """

    struct Ports { let asker, askerPeer, answerer, answererPeer, register, nginx, nginxPeer, nginxHealth: Int }

    let ports: Ports
    let register: Process
    let asker: Process
    let answerer: Process
    private let folder: String
    var chainURL: String { "http://127.0.0.1:\(ports.asker)/outgoing/population.person" }
    var nginxURL: String { "http://127.0.0.1:\(ports.nginx)/bare" }
    var bareURL: String { "http://127.0.0.1:\(ports.register)/bare" }

    init(_ country: DemoCountry) async throws {
        folder = country.folder
        let base = country.port + 16
        ports = Ports(
            asker: base, askerPeer: base + 1, answerer: base + 2, answererPeer: base + 3, register: base + 4, nginx: base + 5, nginxPeer: base + 6,
            nginxHealth: base + 7)
        try Houses.certificates(folder)
        let zamin = "\(Programs.folder)/zamin"
        let environment = country.environment.merging(["ZAMIN_CONTENT": try Houses.content(folder)]) { _, new in new }
        try Programs.run(zamin, ["demo"], environment)
        let centre = try Programs.start(zamin, ["serve"], environment)
        defer { Programs.stop(centre) }
        _ = try await Programs.firstAnswer(country.port, "/he")
        let centreKey = try Programs.run(zamin, ["gateways", "key"], environment)
        for (name, port, body) in [("asker", ports.askerPeer, "municipality-haifa"), ("answerer", ports.answererPeer, "population-authority")] {
            let house = "\(folder)/\(name)"
            let key = try Programs.run(zamin, ["standalone-gateway", house, "key"], environment)
            try key.write(toFile: "\(house)/public.json", atomically: true, encoding: .utf8)
            try Programs.run(zamin, ["gateways", "add", "https://127.0.0.1:\(port)", "\(house)/public.json", body], environment)
        }
        // The register knows its gateway's key, and the gateway the register's.
        let keys = "\(folder)/register-keys"
        let registerKey = try SigningKey.openPublished(folder: keys, name: "registers")
        try SigningKey.open(folder: "\(folder)/answerer/keys", name: "gateway").verifyingKey.pem
            .write(toFile: "\(keys)/gateway.public.pem", atomically: true, encoding: .utf8)
        let registers: JSON = [
            ["url": .string("http://127.0.0.1:\(ports.register)"), "key": registerKey.verifyingKey.jwk, "bodies": ["population-authority"]]
        ]
        let centreURL = "http://localhost:\(country.port)"
        try Houses.settle("\(folder)/asker", ports.asker, ports.askerPeer, centreURL, centreKey, [])
        try Houses.settle("\(folder)/answerer", ports.answerer, ports.answererPeer, centreURL, centreKey, registers)
        register = try Programs.start("\(Programs.folder)/benchmarks", [BenchRegister.command, "\(ports.register)", keys])
        asker = try Programs.start(zamin, ["standalone-gateway", "\(folder)/asker"], environment)
        answerer = try Programs.start(zamin, ["standalone-gateway", "\(folder)/answerer"], environment)
        for port in [ports.register] { _ = try await Programs.firstAnswer(port, "/") }
        for port in [ports.asker, ports.answerer] { _ = try await Programs.firstAnswer(port, "/.well-known/authzen-configuration") }
        try Houses.script(folder)
    }

    func stop() { for process in [asker, answerer, register] { Programs.stop(process) } }

    /// Questions per second by wrk; an answer that is no 2xx is a failure.
    func load(_ url: String, seconds: Int) throws -> Double {
        let output = try Programs.run("wrk", ["-t1", "-c32", "-d\(seconds)s", "-s", "\(folder)/ask.lua", url])
        guard !output.contains("Non-2xx"), !output.contains("Socket errors"),
            let line = output.split(separator: "\n").first(where: { $0.contains("Requests/sec:") }),
            let rate = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw BenchmarkError("wrk \(url): \(output)") }
        return rate
    }

    /// The country's content; an agreement lets more through in a minute than anybody can ask here.
    private static func content(_ folder: String) throws -> String {
        let (files, source, content) = (FileManager.default, "\(Scratch.root)/Data", "\(folder)/spine-content")
        try files.createDirectory(atPath: content, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: source) where name != "agreements.json" {
            try files.createSymbolicLink(atPath: "\(content)/\(name)", withDestinationPath: "\(source)/\(name)")
        }
        var document = try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(source)/agreements.json"))))
        document["agreements"] = .array(
            (document["agreements"]?.array ?? []).map { agreement in
                var agreement = agreement
                agreement["ratePerMinute"] = 100_000_000
                return agreement
            })
        try document.text.write(toFile: "\(content)/agreements.json", atomically: true, encoding: .utf8)
        return content
    }

    private static func settle(_ house: String, _ port: Int, _ peerPort: Int, _ centre: String, _ centreKey: String, _ registers: JSON) throws {
        let document: JSON = [
            "publicURL": .string("https://127.0.0.1:\(peerPort)"), "peerHost": "127.0.0.1", "peerPort": .int(Int64(peerPort)),
            "localPort": .int(Int64(port)), "localTokenFile": "token", "centre": ["url": .string(centre), "key": try JSON.parse(centreKey)],
            "registers": registers, "tls": ["certificate": "../tls/gateway.crt", "key": "../tls/gateway.key", "authorities": "../tls/ca.crt"],
        ]
        try document.text.write(toFile: "\(house)/gateway.json", atomically: true, encoding: .utf8)
        FileManager.default.createFile(atPath: "\(house)/token", contents: Data(token.utf8), attributes: [.posixPermissions: 0o600])
    }

    /// One authority, and one certificate for this machine.
    private static func certificates(_ folder: String) throws {
        let tls = "\(folder)/tls"
        try FileManager.default.createDirectory(atPath: tls, withIntermediateDirectories: true)
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        try Programs.run("openssl", ["req", "-x509", "-days", "2", "-subj", "/CN=bench", "-keyout", "\(tls)/ca.key", "-out", "\(tls)/ca.crt"] + curve)
        try Programs.run("openssl", ["req", "-subj", "/CN=gateway", "-keyout", "\(tls)/gateway.key", "-out", "\(tls)/gateway.csr"] + curve)
        try "subjectAltName=IP:127.0.0.1,DNS:gateway".write(toFile: "\(tls)/names", atomically: true, encoding: .utf8)
        try Programs.run(
            "openssl",
            [
                "x509", "-req", "-days", "2", "-in", "\(tls)/gateway.csr", "-CA", "\(tls)/ca.crt", "-CAkey", "\(tls)/ca.key", "-CAcreateserial", "-extfile",
                "\(tls)/names", "-out", "\(tls)/gateway.crt",
            ])
    }

    private static func script(_ folder: String) throws {
        let body = question.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        try """
        wrk.method = 'POST'
        wrk.body = '\(body)'
        wrk.headers['Content-Type'] = 'application/json'
        wrk.headers['Authorization'] = 'Bearer \(token)'
        """.write(toFile: "\(folder)/ask.lua", atomically: true, encoding: .utf8)
    }

    /// Plain in, mutual TLS between the two, plain to the register; connections are kept on every part of the way.
    func startNginx() throws -> Process {
        let tls = "\(folder)/tls"
        try """
        daemon off; worker_processes 2; pid \(folder)/nginx.pid; error_log \(folder)/nginx.log error;
        events { worker_connections 1024; }
        http {
            access_log off;
            client_body_temp_path \(folder)/nginx-body; proxy_temp_path \(folder)/nginx-proxy; fastcgi_temp_path \(folder)/nginx-f;
            uwsgi_temp_path \(folder)/nginx-u; scgi_temp_path \(folder)/nginx-s;
            upstream peer { server 127.0.0.1:\(ports.nginxPeer); keepalive 64; }
            upstream register { server 127.0.0.1:\(ports.register); keepalive 64; }
            proxy_http_version 1.1; proxy_set_header Connection "";
            server {
                listen 127.0.0.1:\(ports.nginx) reuseport;
                listen 127.0.0.1:\(ports.nginxHealth);
                location /health { return 200; }
                location / {
                    proxy_pass https://peer;
                    proxy_ssl_certificate \(tls)/gateway.crt; proxy_ssl_certificate_key \(tls)/gateway.key;
                    proxy_ssl_trusted_certificate \(tls)/ca.crt; proxy_ssl_verify on; proxy_ssl_name gateway; proxy_ssl_session_reuse on;
                }
            }
            server {
                listen 127.0.0.1:\(ports.nginxPeer) ssl reuseport;
                ssl_certificate \(tls)/gateway.crt; ssl_certificate_key \(tls)/gateway.key;
                ssl_client_certificate \(tls)/ca.crt; ssl_verify_client on;
                location / { proxy_pass http://register; }
            }
        }
        """.write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
        return try Programs.start("/usr/sbin/nginx", ["-c", "\(folder)/nginx.conf"])
    }
}
