namespace Iopf.SmmuLog;

/// <summary>What the lines of one SMMU have told so far.</summary>
internal sealed class SmmuMessages(string? device, Func<ArmSmmuV3.Hardware.EventRecord, KernelView> view, IDecodeSink sink, DecodeSummary summary)
{
    private const int WordsPerCommand = 2;

    private readonly List<RawWord> _words = [];
    private readonly List<RawWord> _command = [];
    private LogPlace? _commandPlace;

    /// <summary>The event records.</summary>
    public RecordAssembler Records { get; } = new(view, sink);

    /// <summary>log2 of the slots of the command queue, from the probe line; null if the log does not hold it.</summary>
    public int? CommandQueueLog2 { get; set; }

    /// <summary>Whether lines with words must follow.</summary>
    public bool WaitsForWords => _commandPlace is not null || Records.WaitsForWords;

    /// <summary>Counts the memory of a queue.</summary>
    public void NoteQueue(string queue, decimal bytes) => summary.CountQueue(device ?? "", queue, bytes);

    /// <summary>Takes one message of this SMMU.</summary>
    public void Take(in DriverText message)
    {
        string text = message.Text;
        if (PrintedLines.TryHeader(text, out ArmSmmuV3.Hardware.SmmuEventType type))
        {
            CloseCommand();
            Records.Header(message.Place, device, type);
        }
        else if (RawWord.Read(text, _words))
        {
            foreach (RawWord word in _words)
            {
                TakeWord(message.Place, word);
            }
        }
        else if (PrintedLines.Event(text) is { } printed)
        {
            Records.Event(message.Place, device, printed);
        }
        else if (PrintedLines.Access(text) is { } access)
        {
            Records.Access(message.Place, device, access);
        }
        else if (text.StartsWith("skipping command in error state", StringComparison.Ordinal))
        {
            CloseCommand();
            Records.Interrupt();
            _commandPlace = message.Place;
        }
        else if (text.Length > 0)
        {
            sink.Error(DriverMessages.Explain(message, this));
        }

        Records.NoteJoined(message.Place);
    }

    /// <summary>The log ends.</summary>
    public void End()
    {
        CloseCommand();
        Records.End();
    }

    private void TakeWord(LogPlace place, RawWord word)
    {
        if (_commandPlace is null)
        {
            Records.Word(place, device, word);
            return;
        }

        _command.Add(word);
        if (_command.Count == WordsPerCommand)
        {
            CloseCommand();
        }
    }

    private void CloseCommand()
    {
        if (_commandPlace is not LogPlace place)
        {
            return;
        }

        sink.Error(SkippedCommand.Explain(place, device, _command));
        _commandPlace = null;
        _command.Clear();
    }
}
