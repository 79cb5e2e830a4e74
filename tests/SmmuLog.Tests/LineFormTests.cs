namespace Iopf.SmmuLog.Tests;

public sealed class LineFormTests
{
    private static readonly string[] s_record =
    [
        "arm-smmu-v3 smmu0: event 0x10 received:",
        "arm-smmu-v3 smmu0: \t0x0000010000000010",
        "arm-smmu-v3 smmu0: \t0x0000020000000000",
        "arm-smmu-v3 smmu0: \t0x000000090000f040",
        "arm-smmu-v3 smmu0: \t0x0000000000000000",
    ];

    private static readonly string[] s_decoded =
    [
        .. s_record,
        "arm-smmu-v3 smmu0: event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0x90000f040 ipa: 0x0",
        "arm-smmu-v3 smmu0: unpriv data write s1 \"Input address caused fault\" stag: 0x0",
    ];

    [Theory]
    [InlineData("", null)]
    [InlineData("[  106.585811] ", "106.585811")]
    [InlineData("[    0.000000][    T1] ", "0.000000")]
    [InlineData("[   12.345678] [  C3] ", "12.345678")]
    [InlineData("<3>[   12.345678] ", "12.345678")]
    [InlineData("<3>", null)]
    [InlineData("11375.065672] ", "11375.065672")]
    [InlineData("[Mon Nov 23 10:00:00 2026] ", "Mon Nov 23 10:00:00 2026")]
    [InlineData("kern  :err   : [   12.345678] ", "12.345678")]
    [InlineData("Nov 23 10:00:00 host kernel: ", "Nov 23 10:00:00")]
    [InlineData("Nov  3 10:00:00 host kernel: [   12.345678] ", "12.345678")]
    [InlineData("2026-11-23T10:00:00.123456+01:00 host kernel: ", "2026-11-23T10:00:00.123456+01:00")]
    [InlineData("2026-11-23T10:00:00+0100 host kernel: ", "2026-11-23T10:00:00+0100")]
    [InlineData("2026-11-23 10:00:00 ", "2026-11-23 10:00:00")]
    [InlineData("[   12.345678] host kernel: ", "12.345678")]
    [InlineData("\u001b[32m[   12.345678] \u001b[0m\u001b[33m", "12.345678")]
    [InlineData("host kernel: ", null)]
    [InlineData("some console noise ", null)]
    public void A_prefix_does_not_hide_a_record_and_its_time_is_kept(string prefix, string? time)
    {
        Decoded found = Decoded.Lines([.. s_decoded.Select(line => prefix + line)]);

        SmmuRecord record = Assert.Single(found.Records);
        Assert.Equal(("smmu0", time, 0x100u, 0x90000f040ul), (record.Device, record.Place.Time, record.Facts.StreamId, record.Facts.InputAddress));
        Assert.Equal("0000:01:00.0", record.Printed!.Client);
        Assert.Equal((time, time), (found.Summary.FirstTime, found.Summary.LastTime));
        Assert.Empty(found.Incompletes);
        Assert.Empty(found.Errors);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n\r")]
    [InlineData("\n\n")]
    [InlineData("\n noise without meaning\n")]
    public void Line_breaks_of_all_kinds_are_read(string lineBreak) => Assert.Single(Decoded.Text(string.Join(lineBreak, s_record)).Records);

    [Fact]
    public void The_last_line_needs_no_break() => Assert.Single(Decoded.Text(string.Join('\n', s_record)).Records);

    [Fact]
    public void Lines_glued_together_by_a_mailer_are_taken_apart() =>
        Assert.Single(Decoded.Text(string.Join(" [  1.000001] ", s_decoded)).Records);

    [Fact]
    public void Lines_that_a_mailer_wrapped_behind_the_prefix_are_joined() =>
        Assert.Single(Decoded.Text(string.Join('\n', s_record).Replace("smmu0: ", "smmu0:\n", StringComparison.Ordinal)).Records);

    [Fact]
    public void Records_without_any_prefix_are_read() =>
        Assert.Single(Decoded.Lines([.. s_record.Select(line => line["arm-smmu-v3 smmu0: ".Length..])]).Records);

    [Fact]
    public void Words_of_two_SMMUs_are_kept_apart()
    {
        IEnumerable<string> other = s_record.Select(line => line.Replace("smmu0", "smmu1", StringComparison.Ordinal).Replace("f040", "f080", StringComparison.Ordinal));
        Decoded found = Decoded.Lines([.. s_record.Zip(other).SelectMany(pair => new[] { pair.First, pair.Second })]);

        Assert.Equal(
            [("smmu0", 0x90000f040ul), ("smmu1", 0x90000f080ul)],
            found.Records.Select(record => (record.Device!, record.Facts.InputAddress!.Value)).Order());
        Assert.Empty(found.Incompletes);
    }

    [Fact]
    public void A_lost_line_makes_a_record_incomplete_and_leaves_the_next_one_alone()
    {
        Decoded found = Decoded.Lines([.. s_record.Where((_, index) => index != 2), .. s_record]);

        Assert.Single(found.Records);
        IncompleteRecord incomplete = Assert.Single(found.Incompletes);
        Assert.Equal("3 of 4 words: another message of this SMMU begins", incomplete.Reason);
        Assert.Equal(0x100u, incomplete.Facts.StreamId);
        Assert.Null(incomplete.Facts.InputAddress);
    }

    [Fact]
    public void Four_words_without_a_header_are_a_record_of_the_type_in_word_0()
    {
        SmmuRecord record = Assert.Single(Decoded.Lines(s_record[1..]).Records);

        Assert.Equal((0x100u, "F_TRANSLATION"), (record.Facts.StreamId, record.Description.Name));
        Assert.Contains(record.Notes, note => note.Contains("word 0 bits 7:0", StringComparison.Ordinal));
    }

    [Fact]
    public void Decoded_lines_complete_a_record_without_a_header() =>
        Assert.NotNull(Assert.Single(Decoded.Lines(s_decoded[1..]).Records).Printed);

    [Fact]
    public void Words_that_begin_no_known_type_are_no_record() =>
        Assert.Equal(
            "4 words without the header that says of which event",
            Assert.Single(Decoded.Lines([.. s_record[1..].Select(line => line.Replace("0x0000010000000010", "0x00000100000000ff", StringComparison.Ordinal))]).Incompletes).Reason);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_log_that_begins_inside_a_record_gives_the_records_behind_it(int lost)
    {
        Decoded found = Decoded.Lines([.. s_record[lost..], .. s_record[1..], .. s_record]);

        Assert.Equal(2, found.Records.Count);
        Assert.Single(found.Incompletes);
    }

    [Fact]
    public void A_decoded_line_that_contradicts_its_words_is_an_error_of_that_record()
    {
        Decoded found = Decoded.Lines([.. s_decoded.Select(line => line.Replace("ipa: 0x0", "ipa: 0x9000", StringComparison.Ordinal))]);

        Assert.Equal(["ipa: the words say 0x0, the decoded line says 0x9000"], Assert.Single(found.Records).Disagreements);
        Assert.Equal("contradiction", Assert.Single(found.Errors).Kind);
        Assert.Equal(1, found.Summary.Contradictions);
    }

    [Theory]
    [InlineData("iova: 0x90000f040", "iova: 0x90000f000")]
    [InlineData("sid: 0x100", "sid: 0x101")]
    [InlineData("event: F_TRANSLATION", "event: F_ACCESS")]
    public void Decoded_lines_of_another_event_are_a_record_of_their_own(string there, string instead)
    {
        Decoded found = Decoded.Lines([.. s_decoded.Select(line => line.Replace(there, instead, StringComparison.Ordinal))]);

        Assert.Equal([true, false], found.Records.Select(record => record.Words is not null));
        Assert.All(found.Records, record => Assert.Empty(record.Disagreements));
    }

    [Theory]
    [InlineData("unpriv", "priv", "access: the words say unpriv, the decoded line says priv")]
    [InlineData("data", "inst", "access: the words say data, the decoded line says inst")]
    [InlineData(" write", " read", "access: the words say write, the decoded line says read")]
    [InlineData(" s1 ", " s2 ", "access: the words say s1, the decoded line says s2")]
    [InlineData("stag: 0x0", "stall stag: 0x0", "access: the words say no stall, the decoded line says stall")]
    [InlineData("stag: 0x0", "stag: 0x1", "stag: the words say 0x0, the decoded line says 0x1")]
    [InlineData("ipa: 0x0", "ipa: 0x1000", "ipa: the words say 0x0, the decoded line says 0x1000")]
    [InlineData("event 0x10", "event 0x11", "event: the words say 0x10, the header says 0x11")]
    [InlineData("Input address caused fault", "CD fetch", "class: the words say \"Input address caused fault\", the decoded line says \"CD fetch\"")]
    public void Each_field_is_compared(string there, string instead, string complaint)
    {
        string text = string.Join('\n', s_decoded);

        Assert.Equal([complaint], Assert.Single(Decoded.Text(text.Replace(there, instead, StringComparison.Ordinal)).Records).Disagreements);
    }

    [Fact]
    public void A_fetch_that_failed_tells_its_address_and_no_iova()
    {
        Decoded found = Decoded.Lines(
            "arm-smmu-v3 smmu0: event 0x03 received:",
            "arm-smmu-v3 smmu0: \t0x0000010000000003",
            "arm-smmu-v3 smmu0: \t0x0000000000000000",
            "arm-smmu-v3 smmu0: \t0x0000000000000000",
            "arm-smmu-v3 smmu0: \t0x0000000080001000",
            "arm-smmu-v3 smmu0: event: F_STE_FETCH client: 0000:01:00.0 sid: 0x100 ssid: 0x0 fetch_addr: 0x80001000");

        EventFacts facts = Assert.Single(found.Records).Facts;
        Assert.Equal((0x80001000ul, null), (facts.FetchAddress, facts.InputAddress));
        Assert.Equal(0, found.Summary.Contradictions);
    }

    [Fact]
    public void A_permission_fault_of_stage_2_on_a_table_walk_tells_the_IPA()
    {
        Decoded found = Decoded.Lines(
            "arm-smmu-v3 smmu0: event 0x13 received:",
            "arm-smmu-v3 smmu0: \t0x0000010000003813",
            "arm-smmu-v3 smmu0: \t0x0000118880000005",
            "arm-smmu-v3 smmu0: \t0x000000000000beef",
            "arm-smmu-v3 smmu0: \t0x0000000080001000",
            "arm-smmu-v3 smmu0: event: F_PERMISSION client: 0000:01:00.0 sid: 0x100 ssid: 0x3 iova: 0xbeef ipa: 0x80001000",
            "arm-smmu-v3 smmu0: unpriv data read s2 \"Stage 1 translation table fetch\" ttd_read stall stag: 0x5");

        Assert.Equal(
            ["1 smmu0 F_PERMISSION sid=0x100 ssid=0x3 iova=0xbeef ipa=0x80001000 unpriv data read s2 TranslationTable stall stag=0x5 words=4"],
            found.Findings());
    }

    [Fact]
    public void A_type_that_the_driver_cannot_name_does_not_contradict()
    {
        Decoded found = Decoded.Lines(
            "arm-smmu-v3 smmu0: event 0x07 received:",
            "arm-smmu-v3 smmu0: \t0x0000010000000007",
            "arm-smmu-v3 smmu0: \t0x0000000800000000",
            "arm-smmu-v3 smmu0: \t0x000000000000beef",
            "arm-smmu-v3 smmu0: \t0x0000000000000000",
            "arm-smmu-v3 smmu0: event: UNKNOWN client: 0000:01:00.0 sid: 0x100 ssid: 0x0");

        Assert.Equal(["1 smmu0 F_TRANSL_FORBIDDEN sid=0x100 iova=0xbeef read words=4"], found.Findings());
    }

    [Fact]
    public void A_decoded_line_cut_inside_a_number_does_not_tell_the_number()
    {
        IncompleteRecord incomplete = Assert.Single(Decoded.Text("arm-smmu-v3 smmu0: event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0x900").Incompletes);

        Assert.Equal((0x100u, null), (incomplete.Facts.StreamId, incomplete.Facts.InputAddress));
    }

    [Fact]
    public void A_command_in_error_is_named_and_does_not_take_the_words_of_an_event()
    {
        Decoded found = Decoded.Lines(
            "arm-smmu-v3 smmu0: allocated 256 entries for cmdq",
            "arm-smmu-v3 smmu0: CMDQ error (cons 0x010001fe): Illegal command",
            "arm-smmu-v3 smmu0: skipping command in error state:",
            "arm-smmu-v3 smmu0: \t0x0000000700002044",
            "arm-smmu-v3 smmu0: \t0x0000000000000b17");

        Assert.Equal(
            [
                "1 smmu0 probe queue=cmdq entries=256",
                "2 smmu0 cmdq_error cons=0x010001fe error=0x1 error_name=CERROR_ILL read_index=0x1fe read_index_slot=0xfe",
                "3 smmu0 skipped_command words=0x0000000700002044|0x0000000000000b17 complete=True opcode=0x44 command=CMD_RESUME sid=0x7 stag=0xb17 action=Abort",
            ],
            found.Findings());
    }

    [Theory]
    [InlineData("allocated 256 entries for cmdq", "0x00000003", "0x000001fe", 5)]
    [InlineData("allocated 256 entries for cmdq", "0x00000103", "0x00000003", 256)]
    [InlineData("no size known", "0x00000003", "0x000001fe", 5)]
    [InlineData("no size known", "0x00015300", "0x00014ec2", 1086)]
    [InlineData("no size known", "0x00000146", "0x00000146", 0)]
    public void Outstanding_commands_are_counted_over_the_wrap(string probe, string prod, string cons, long outstanding)
    {
        Decoded found = Decoded.Lines(
            $"arm-smmu-v3 smmu0: {probe}", $"arm-smmu-v3 smmu0: CMD_SYNC timeout at 0x00000002 [hwprod {prod}, hwcons {cons}]");

        Assert.Equal(outstanding, found.Errors[^1].Details.Single(detail => detail.Key == "outstanding").Value);
    }

    [Fact]
    public void The_bits_of_a_global_error_are_named() =>
        Assert.Equal(
            ["1 smmu0 gerror gerror=0x00000105 bits=CMDQ_ERR|EVENTQ_ABT_ERR|SFM_ERR", "2 smmu0 service_failure"],
            Decoded.Lines(
                "arm-smmu-v3 smmu0: unexpected global error reported (0x00000105), this could be serious",
                "arm-smmu-v3 smmu0: device has entered Service Failure Mode!").Findings());

    [Theory]
    [InlineData("[    1.0] arm-smmu 5000000.iommu: probing hardware configuration...", "SMMUv2")]
    [InlineData("arm-smmu arm-smmu.0.auto: \tstage 1 translation", "SMMUv2")]
    [InlineData("[  1.0] snd_hda_intel 0000:01:00.1: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0010 address=0xdf500000 flags=0x0000]", "AMD-Vi")]
    [InlineData("[  1.0] DMAR-IR: Enabled IRQ remapping in x2apic mode", "VT-d")]
    [InlineData("rk_iommu fdea0800.iommu: Page fault at 0x00000000f0c00000 of type read", "rk_iommu")]
    public void Lines_of_other_IOMMUs_are_named(string line, string iommu) => Assert.Equal(iommu, Assert.Single(Decoded.Lines(line).Foreigns).Iommu);

    [Theory]
    [InlineData("arm-smmu-v3-pmcg arm-smmu-v3-pmcg.8.auto: option mask 0x0")]
    [InlineData("iommu: Adding device to group behind arm-smmu-v3 without colon")]
    [InlineData("mydriver: event 0x10 received:")]
    [InlineData("0x0000000000000010")]
    [InlineData("Invalid read at addr 0x13A9D2000, size 2, region '(null)', reason: rejected")]
    public void Lines_that_concern_no_IOMMU_are_left_alone(string line) => Assert.Empty(Decoded.Lines(line).Findings());
}
