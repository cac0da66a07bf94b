import EventLoop
import Glibc
import PKITypes
import SessionRelay

/// Moving octets: as the machine allows, and as fast as both sides take them.
extension Session {
    func ready(_ side: Side, readable: Bool, writable: Bool) {
        let channel = channel(side)
        if writable {
            if channel.closeNotifyIsPending, channel.closeSending() { afterClose(side) }
            if case .awaitingCloseNotify(let end) = course, !channel.closeNotifyIsPending { return over(end, lingers: false) }
            if isRelaying { flush(to: side) }
        }
        if isRelaying, readable || channel.readWantsWrite { pump(from: side) }
        updateInterest()
    }

    /// Reads from one side and writes to the other until there is nothing more, no room, or no time.
    func pump(from source: Side) {
        let from = channel(source)
        let to = channel(source.opposite)
        var moved = 0
        while isRelaying, machine.flow(from: source).wantsInput {
            guard moved < Self.turnOctets else { return watcher(source).feed() }
            let (octets, state) = from.fill(worker.scratch)
            if octets > 0 {
                moved += octets
                count(octets, from: source)
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(worker.scratch)[..<octets])
                guard pass(bytes, from: source, to: to) else { return }
            }
            switch state {
            case .more: continue
            case .drained: return
            case .ended(let end): return perform(machine.sourceEnded(source, end))
            case .reset: return resetBoth(source == .device ? .deviceReset : .upstreamReset)
            case .failed(let code): return resetBoth(failureEnd(source, code))
            }
        }
    }

    /// Writes what was read; what is not taken waits and stops the reading. False when the session is over.
    func pass(_ bytes: UnsafeRawBufferPointer, from source: Side, to destination: ByteChannel) -> Bool {
        let (sent, state) = destination.drain(bytes)
        switch state {
        case .taken: return true
        case .blocked:
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            if source == .device { towardsUpstream.append(rest) } else { towardsDevice.append(rest) }
            machine.stored(rest.count, from: source)
            return true
        case .reset:
            resetBoth(source == .device ? .upstreamReset : .deviceReset)
            return false
        case .failed(let code):
            resetBoth(failureEnd(source.opposite, code))
            return false
        }
    }

    func flush(to side: Side) {
        let source = side.opposite
        guard machine.flow(from: source).wantsOutput else { return }
        var state = ByteChannel.DrainState.taken
        let writer: (UnsafeRawBufferPointer) -> Int = { [channel = channel(side)] bytes in
            let outcome = channel.drain(bytes)
            state = outcome.state
            return outcome.octets
        }
        let taken = side == .upstream ? towardsUpstream.consume(writer) : towardsDevice.consume(writer)
        perform(machine.flushed(taken, from: source))
        guard isRelaying else { return }
        switch state {
        case .taken:
            // Octets that waited inside TLS while reading was stopped are not reported again.
            if channel(source).hasBufferedOctets { watcher(source).feed() }
        case .blocked: break
        case .reset: resetBoth(side == .upstream ? .upstreamReset : .deviceReset)
        case .failed(let code): resetBoth(failureEnd(side, code))
        }
    }

    func count(_ octets: Int, from source: Side) {
        switch source {
        case .device:
            octetsFromDevice += UInt64(octets)
            counters.octetsFromDevices.add(UInt64(octets))
        case .upstream:
            octetsToDevice += UInt64(octets)
            counters.octetsToDevices.add(UInt64(octets))
        }
        if idleIsArmed { idle.touch() }
    }

    func updateInterest() {
        switch course {
        case .relaying, .awaitingCloseNotify: break
        // A stopped watcher may not be started again; a silent one may be level-triggered for ever.
        case .awaitingDelivery:
            deviceWatcher.interest = []
            upstreamWatcher.interest = []
            return
        case .over: return
        }
        deviceWatcher.interest = interest(of: .device)
        upstreamWatcher.interest = interest(of: .upstream)
    }

    func interest(of side: Side) -> Interest {
        var interest = Interest.none
        let channel = channel(side)
        if machine.flow(from: side).wantsInput {
            interest.insert(.read)
            // Only while something may be read: a read that may not go on would be announced again and again.
            if channel.readWantsWrite { interest.insert(.write) }
        }
        if machine.flow(from: side.opposite).wantsOutput || channel.closeNotifyIsPending { interest.insert(.write) }
        return interest
    }

    func channel(_ side: Side) -> ByteChannel { side == .device ? device : upstream }

    func watcher(_ side: Side) -> IOWatcher { side == .device ? deviceWatcher : upstreamWatcher }

    func failureEnd(_ side: Side, _ code: Int32) -> SessionEnd {
        if code == ETIMEDOUT { return .deadPeer }
        if code == EPROTO { return side == .device ? .refused(.protocolError) : .refused(.upstreamUntrusted) }
        return side == .device ? .deviceReset : .upstreamReset
    }
}
