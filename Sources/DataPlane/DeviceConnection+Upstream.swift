import EventLoop
import PKITypes
import VerificationCore

/// Between the admission and the relaying: an upstream is found for the device.
extension DeviceConnection: UpstreamConnectorOwner {
    func connectUpstream() {
        guard let identity = gate.identity, let permit = admission?.permit else {
            preconditionFailure("an upstream is sought for nobody")
        }
        let header: [UInt8]
        do {
            header = try UpstreamGreeting.octets(
                plan.upstream,
                device: peer,
                descriptor: descriptor,
                stream: tls?.stream,
                identity: identity
            )
        } catch {
            return upstreamFailed(.internalError, diagnosis: "PROXY header: \(error)")
        }
        let connector = UpstreamConnector(
            loop: worker.loop,
            plan: plan.upstream,
            header: header,
            timeouts: plan.timeouts,
            owner: self
        )
        phase = .connecting(connector)
        worker.live.register(self, under: gate.liveKeys, permit)
        // Refused by a snapshot that came after the verdict.
        guard place != nil else { return }
        connector.start()
    }

    func upstreamConnected(_ channel: ByteChannel, address: SocketAddress) {
        guard let admission = admission.take(), let socket = socket.take(), let stream = tls?.stream else {
            preconditionFailure("an upstream was connected for nobody")
        }
        precondition(place != nil, "a session that no change would find")
        let session = Session(
            admission: admission,
            device: ByteChannel(socket, tls: stream),
            deviceWatcher: watcher,
            upstream: channel,
            upstreamAddress: address,
            timeouts: plan.timeouts,
            counters: plan.counters,
            worker: worker,
            owner: self
        )
        phase = .relaying(session)
        if let limit = plan.timeouts.sessionSeconds { deadline.start(afterSeconds: limit) }
        session.start()
    }

    func upstreamFailed(_ reason: RefusalReason, diagnosis: String) {
        gate.noteDiagnosis(diagnosis)
        worker.report(.upstreamFailed(gate.record(), reason, upstream: plan.upstream.name))
        endBeforeRelay(.refused(reason))
    }
}
