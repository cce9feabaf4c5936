sales-check-processor-read = De verwerkersovereenkomst
order-agreement-services = Voor welke diensten
order-agreement-measures = Hoe wij uw gegevens beveiligen
order-agreement-subprocessors = Wie wij inschakelen
order-agreement-alone = Wij schakelen hiervoor niemand in.
