using Iopf.ArmSmmuV3.Hardware;

namespace Iopf.SmmuLog;

/// <summary>Puts the lines of event records together, per SMMU, whatever stands between them.</summary>
/// <param name="view">What Linux does with a record.</param>
/// <param name="sink">Takes the records.</param>
internal sealed class RecordAssembler(Func<EventRecord, KernelView> view, IDecodeSink sink)
{
    private const string NextBegins = "another message of this SMMU begins";
    private const string LogEnds = "the log ends";

    private PendingRecord? _open;

    // Given out when no decoded line had followed; one may still come.
    private PendingRecord? _given;
    private bool _absorbsAccess;
    private bool? _printsDecoded;

    /// <summary>Whether a record waits for words.</summary>
    public bool WaitsForWords => _open is { TakesWords: true };

    public void Header(LogPlace place, string? device, SmmuEventType type)
    {
        Close(NextBegins);
        _given = null;
        _open = new PendingRecord(place, device, type);
    }

    /// <summary>Another kind of message that has words of its own begins.</summary>
    public void Interrupt()
    {
        if (_open is not { IsWhole: true })
        {
            Close(NextBegins);
        }
    }

    public void Word(LogPlace place, string? device, RawWord word)
    {
        if (_open is not { TakesWords: true } || !_open.Continues(word))
        {
            Close(NextBegins);
            _open = new PendingRecord(place, device, header: null);
        }

        _open!.Add(word);
        if (_open.IsWhole && _printsDecoded == false)
        {
            GiveWhole();
        }
    }

    public void Event(LogPlace place, string? device, PrintedEvent printed)
    {
        _absorbsAccess = false;
        bool belongs = _open is { Printed: null }
            && (_open.IsWhole ? PrintedFacts.AreOfOneEvent(_open.Record, printed)
                : _open.Header is SmmuEventType header && header == EventDescription.Named(printed.Name)?.Type);
        if (belongs)
        {
            _open!.Printed = printed;
        }
        else if (_given is { } late && !PrintedFacts.Disagreements(late.Record, printed).Any())
        {
            (_given, _absorbsAccess) = (null, true);
            return;
        }
        else
        {
            Close(NextBegins);
            _open = new PendingRecord(place, device, header: null) { Printed = printed };
        }

        _printsDecoded = true;
        if (EventDescription.Named(printed.Name) is not { } description || !description.Has(EventFields.Stall))
        {
            Close(NextBegins);
        }
    }

    public void Access(LogPlace place, string? device, PrintedEvent access)
    {
        if (_absorbsAccess)
        {
            _absorbsAccess = false;
            return;
        }

        bool belongs = _open is { Printed: { HasEvent: true, HasAccess: false } }
            || (_open is { IsWhole: true, Printed: null } && !PrintedFacts.Disagreements(_open.Record, access).Any());
        if (!belongs)
        {
            Close(NextBegins);
            _open = new PendingRecord(place, device, header: null);
        }

        _open!.Printed = (_open.Printed ?? new PrintedEvent()).With(access);
        Close(NextBegins);
    }

    /// <summary>Counts lines that were joined to make the last message whole.</summary>
    public void NoteJoined(LogPlace line)
    {
        if (line.Joined > 0 && _open is { } open && open.Place.Line != line.Line)
        {
            open.NoteJoined(line);
        }
    }

    /// <summary>Nothing has come for a while: a record with four words need not wait for decoded lines.</summary>
    public void Idle()
    {
        if (_open is { IsWhole: true, Printed: null })
        {
            GiveWhole();
        }
    }

    public void End() => Close(LogEnds);

    private void GiveWhole()
    {
        PendingRecord whole = _open!;
        Close(NextBegins);
        _given = whole;
    }

    private void Close(string end)
    {
        if (_open is not { } pending)
        {
            return;
        }

        _open = null;
        if (pending.IsWhole)
        {
            _printsDecoded ??= pending.Printed is not null;
            sink.Record(WithWords(pending));
        }
        else if (pending is { HasWords: false, Printed: { } printed } && PrintedFacts.IsComplete(printed))
        {
            sink.Record(WithoutWords(pending, printed));
        }
        else
        {
            sink.Incomplete(pending.Incomplete(end, isEndOfLog: end == LogEnds));
        }
    }

    private SmmuRecord WithWords(PendingRecord pending)
    {
        EventRecord words = pending.Record;
        List<string> disagreements = [];
        if (pending.Header is SmmuEventType header && header != words.Type)
        {
            disagreements.Add($"event: the words say 0x{(byte)words.Type:x2}, the header says 0x{(byte)header:x2}");
        }

        if (pending.Printed is { } printed)
        {
            disagreements.AddRange(PrintedFacts.Disagreements(words, printed));
        }

        List<string> notes = RecordNotes.Of(words);
        if (pending.Header is null)
        {
            notes.Add("the log lacks the line \"event .. received:\" of this record: the type is word 0 bits 7:0");
        }

        return new SmmuRecord(pending.Place, pending.Device, EventFacts.Of(words), words, pending.Printed, disagreements, notes, true, new Lazy<KernelView>(() => view(words)));
    }

    private SmmuRecord WithoutWords(PendingRecord pending, PrintedEvent printed)
    {
        EventFacts facts = PrintedFacts.Of(printed);
        List<string> notes = ["the log holds the decoded lines only, not the words"];
        if (facts.SubstreamId is null)
        {
            notes.Add("ssid 0 is what Linux prints also for a transaction without substream");
        }

        bool contradicts = pending.Header is SmmuEventType header && header != facts.Type;
        List<string> disagreements = contradicts ? [$"event: the header says 0x{(byte)pending.Header!.Value:x2}, the decoded line says {printed.Name}"] : [];
        return new SmmuRecord(pending.Place, pending.Device, facts, null, printed, disagreements, notes, true, new Lazy<KernelView>(() => view(PrintedFacts.WordsFor(facts))));
    }
}
