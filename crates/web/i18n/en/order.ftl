sales-check-processor-read = The processor agreement
order-agreement-services = For which services
order-agreement-measures = How we secure your data
order-agreement-subprocessors = Whom we engage
order-agreement-alone = We engage nobody for this.
