import ArgumentParser
import EchoUpstream
import Glibc
import LinuxPolling

struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "A plain TCP upstream that sends back what it receives, until SIGINT or SIGTERM.",
        discussion: "Prints the address that it listens on; port 0 lets the kernel choose."
    )

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var bind = "127.0.0.1:9000"

    func run() throws {
        let stop = try StopSignals()
        let address = try SocketAddress(bind)
        let upstream = try EchoUpstream(bind: address)
        print("echo on \(address.withPort(upstream.port))")
        fflush(nil)
        try upstream.run(until: stop.raw)
    }
}
